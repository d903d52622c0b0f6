import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CliRelease, keptPin, pinInLock, pinInManifest, unpinned } from "../../src/scaffold/cli-pin.js";
import { readTemplates } from "../../src/scaffold/templates.js";
import { temporaryFolder, writeFiles } from "../helpers/repository.js";

const { infra } = readTemplates();
const MANIFEST = infra["package.json"] ?? "";
const LOCK = infra["package-lock.json"] ?? "";
const SPEC = "file:vendor/paas-cli-0.2.0-0a1b2c3d.tgz";

function release(esbuild = "0.28.2"): CliRelease {
  const packages = {
    "node_modules/@esbuild/linux-x64": { version: esbuild, integrity: "sha512-linux", optional: true },
    "node_modules/esbuild": {
      version: esbuild,
      integrity: "sha512-esbuild",
      optionalDependencies: { "@esbuild/linux-x64": esbuild },
    },
  };
  const entry = { version: "0.2.0", resolved: SPEC, integrity: "sha512-paas", dependencies: { esbuild: "~0.28.2" } };
  return { version: "0.2.0", spec: SPEC, entry, packages };
}

/** The template's lock file with the entries of another package and what it needs. */
function lockWith(entries: Record<string, object>): string {
  const lock = JSON.parse(LOCK);
  Object.assign(lock.packages, entries);
  lock.packages[""].dependencies.bundler = "1.0.0";
  return JSON.stringify(lock, null, 2);
}
const places = (lock: string | null) =>
  Object.keys(JSON.parse(lock ?? "").packages).filter((place) => /esbuild|paas-cli/.test(place));

test.each<[pin: string | null, kept: boolean]>([
  [null, false],
  [SPEC, false],
  ["file:./vendor/paas-cli-0.1.9-0a1b2c3d.tgz", false],
  ["file:vendor/paas-cli-0.2.1-0a1b2c3d.tgz", true],
  ["file:vendor/paas-cli-0.10.0-0a1b2c3d.tgz", true],
  ["file:vendor/paas-cli-1.0.0-rc.1-0a1b2c3d.tgz", true],
  ["file:vendor/my-paas.tgz", true],
  ["0.2.0", true],
])("a pin %j stays: %s", (pin, kept) => {
  const manifest = pin === null ? MANIFEST : JSON.stringify({ devDependencies: { "paas-cli": pin } });
  expect(keptPin(manifest, "0.2.0")).toBe(kept ? pin : null);
});

test("package.json gets the pin, and nothing else changes", () => {
  const text = '{\n\t"dependencies": {\n\t\t"zod": "4",\n\t\t"cdktf": "1"\n\t},\n\t"private": true\n}\n';
  const pinned = pinInManifest(text, release());
  expect(pinned).toBe(
    `{\n\t"dependencies": {\n\t\t"cdktf": "1",\n\t\t"paas-cli": "${SPEC}",\n\t\t"zod": "4"\n\t},\n\t"private": true\n}\n`,
  );
  expect(pinInManifest(pinned ?? "", release())).toBe(pinned);
  expect(pinInManifest("{", release())).toBeNull();
});

describe("the lock file", () => {
  test("with its line ends as they are when there is nothing to change", () => {
    const pinned = pinInLock(LOCK, release())?.replaceAll("\n", "\r\n") ?? "";
    expect(pinInLock(pinned, release())).toBe(pinned);
  });

  test("holds one version, whatever was pinned before", () => {
    const older = pinInLock(LOCK, release("0.20.0")) ?? "";
    expect(pinInLock(older, release())).toBe(pinInLock(LOCK, release()));
  });

  test("keeps another esbuild for those who need it, and has ours below ours", () => {
    const others = {
      "node_modules/bundler": { version: "1.0.0", dependencies: { esbuild: "^0.20.0" } },
      "node_modules/esbuild": { version: "0.20.0", integrity: "sha512-theirs" },
    };
    const pinned = pinInLock(lockWith(others), release());
    expect(places(pinned)).toEqual([
      "node_modules/esbuild",
      "node_modules/paas-cli",
      "node_modules/paas-cli/node_modules/@esbuild/linux-x64",
      "node_modules/paas-cli/node_modules/esbuild",
    ]);
    expect(JSON.parse(pinned ?? "").packages["node_modules/esbuild"].version).toBe("0.20.0");
    expect(pinInLock(pinned ?? "", release())).toBe(pinned);
  });

  test("shares the same esbuild", () => {
    const others = {
      "node_modules/bundler": { version: "1.0.0", dependencies: { esbuild: "^0.28.0" } },
      ...release().packages,
    };
    const pinned = pinInLock(lockWith(others), release()) ?? "";
    expect(places(pinned)).toEqual([
      "node_modules/@esbuild/linux-x64",
      "node_modules/esbuild",
      "node_modules/paas-cli",
    ]);
    const { lock } = unpinned(pinInManifest(MANIFEST, release()) ?? "", pinned);
    expect(places(lock)).toEqual(["node_modules/@esbuild/linux-x64", "node_modules/esbuild"]);
  });

  test.each([
    ["an older kind", LOCK.replace('"lockfileVersion": 3', '"lockfileVersion": 2')],
    ["no JSON", "<<<<<<< HEAD"],
    ["nothing of npm's", "[]"],
  ])("is left alone when it is %s", (_, text) => {
    expect(pinInLock(text, release())).toBeNull();
  });

  test("is the very text that npm would write", () => {
    const folder = temporaryFolder("lock-");
    const manifest = pinInManifest(MANIFEST, release()) ?? "";
    const lock = pinInLock(LOCK, release()) ?? "";
    writeFiles(folder, { "package.json": manifest, "package-lock.json": lock });
    const words = ["install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit", "--no-fund"];
    execFileSync("npm", [...words, "--omit-lockfile-registry-resolved"], { cwd: folder, stdio: "pipe" });
    expect(fs.readFileSync(path.join(folder, "package.json"), "utf8")).toBe(manifest);
    expect(fs.readFileSync(path.join(folder, "package-lock.json"), "utf8")).toBe(lock);
  });
});

test("without the pin both files are what they were", () => {
  const [manifest, lock] = [pinInManifest(MANIFEST, release()) ?? "", pinInLock(LOCK, release()) ?? ""];
  expect(manifest).not.toBe(MANIFEST);
  expect(unpinned(manifest, lock)).toEqual({ manifest: MANIFEST, lock: LOCK });
  expect(unpinned(MANIFEST, LOCK)).toEqual({ manifest: MANIFEST, lock: LOCK });
});

test("what the CLI installs is what this project's own lock file says", () => {
  const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
  const listed = JSON.parse(fs.readFileSync("templates/cli/packages.json", "utf8"));
  const { optionalDependencies } = packages["node_modules/esbuild"];
  const wanted = ["esbuild", ...Object.keys(optionalDependencies)].map((name) => `node_modules/${name}`);
  expect(Object.keys(listed).sort(), "run `npm run cli-packages`").toEqual(wanted.sort());
  for (const place of wanted) expect(listed[place]).toEqual(packages[place]);
});
