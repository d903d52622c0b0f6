import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readCliPackage } from "../../src/scaffold/cli-package.js";
import { pinInLock, pinInManifest } from "../../src/scaffold/cli-pin.js";
import { vendorCli } from "../../src/scaffold/vendor.js";
import { infraPackages, linkInto, packageCache } from "../../src/terraform/packages.js";
import { writeCliPackage } from "../helpers/cli-package.js";
import { TestRuns } from "./work-folder.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const made = new TestRuns();
let runs: TestRuns;
let infra: string;
beforeAll(() => makeInfra(made.folder, path.join(made.folder, "infra")));
beforeEach(() => {
  runs = new TestRuns();
  infra = path.join(runs.folder, "infra");
  fs.cpSync(path.join(made.folder, "infra"), infra, { recursive: true });
});
afterEach(() => runs.remove());
afterAll(() => made.remove());

test("are installed once per lock file", async () => {
  const first = await packages();
  expect(first.installed).toBe(true);
  expect(fs.existsSync(path.join(first.nodeModules, "tiny", "index.js"))).toBe(true);
  expect(await packages()).toEqual({ nodeModules: first.nodeModules, installed: false });
  expect(await packages({ install: false })).toEqual({ nodeModules: first.nodeModules, installed: false });

  const lock = path.join(infra, "package-lock.json");
  fs.writeFileSync(lock, fs.readFileSync(lock, "utf8").replace('"name": "infra"', '"name": "infra" '));
  const other = await packages();
  expect(other.installed).toBe(true);
  expect(other.nodeModules).not.toBe(first.nodeModules);
});

test("run no script of theirs, and leave the app's folder alone", async () => {
  const before = fs.readdirSync(infra);
  const { nodeModules } = await packages();
  expect(fs.existsSync(path.join(nodeModules, "tiny", "script-ran"))).toBe(false);
  expect(fs.readdirSync(infra)).toEqual(before);
});

test("two who install at once both get the same, whole", async () => {
  const [first, second] = await Promise.all([packages(), packages()]);
  expect(first.nodeModules).toBe(second.nodeModules);
  expect(fs.existsSync(path.join(first.nodeModules, "tiny", "index.js"))).toBe(true);
  expect(fs.readdirSync(path.join(runs.folder, "cache"))).toHaveLength(1);
});

test("that are not installed are an error where nothing may be installed", async () => {
  await expect(packages({ install: false })).rejects.toMatchObject({
    code: "infra-not-installed",
    message: "the packages of infra/ are not installed",
    next: expect.stringContaining("paas init --install"),
  });
});

test("that npm cannot install are an error with its words, and nothing half-installed stays", async () => {
  const manifest = { name: "infra", private: true, dependencies: { other: "1.0.0" } };
  fs.writeFileSync(path.join(infra, "package.json"), JSON.stringify(manifest));
  await expect(packages()).rejects.toMatchObject({
    code: "infra-not-installed",
    details: expect.arrayContaining(["code EUSAGE", "Missing: other@1.0.0 from lock file"]),
  });
  expect(fs.readdirSync(path.join(runs.folder, "cache"))).toEqual([]);
});

test("without a lock file are an error that names it", async () => {
  fs.rmSync(path.join(infra, "package-lock.json"));
  await expect(packages()).rejects.toMatchObject({
    code: "infra-not-installed",
    message: "infra/package-lock.json is missing",
  });
});

describe("that npm has installed in a checkout", () => {
  test("are used, and nothing is installed", async () => {
    npm(infra, "ci", "--offline");
    const outcome = await packages({ checkout: infra, install: false });
    expect(outcome).toEqual({ nodeModules: path.join(infra, "node_modules"), installed: false });
    expect(fs.existsSync(path.join(runs.folder, "cache"))).toBe(false);
  });

  test("are used as they were linked there from the cache", async () => {
    await linkInto(infra, (await packages()).nodeModules);
    expect((await packages({ checkout: infra })).nodeModules).toBe(path.join(infra, "node_modules"));
  });

  test.each<[what: string, change: (lock: { packages: Record<string, object> }) => void]>([
    ["another version", ({ packages }) => Object.assign(packages["node_modules/tiny"] ?? {}, { version: "1.0.1" })],
    ["other bytes", ({ packages }) => Object.assign(packages["node_modules/tiny"] ?? {}, { integrity: "sha512-x" })],
    ["one package more", ({ packages }) => Object.assign(packages, { "node_modules/more": { version: "1.0.0" } })],
    ["one package less", ({ packages }) => delete packages["node_modules/tiny"]],
  ])("are not used for a lock file with %s", async (_, change) => {
    npm(infra, "ci", "--offline");
    const file = path.join(infra, "package-lock.json");
    const lock = JSON.parse(fs.readFileSync(file, "utf8"));
    change(lock);
    fs.writeFileSync(file, JSON.stringify(lock));
    const code = "infra-not-installed";
    await expect(packages({ checkout: infra, install: false })).rejects.toMatchObject({ code });
  });

  test("are not used when one is gone, or npm has left no list", async () => {
    const code = "infra-not-installed";
    npm(infra, "ci", "--offline");
    fs.rmSync(path.join(infra, "node_modules", "tiny"), { recursive: true });
    await expect(packages({ checkout: infra, install: false })).rejects.toMatchObject({ code });
    npm(infra, "ci", "--offline");
    fs.rmSync(path.join(infra, "node_modules", ".package-lock.json"));
    await expect(packages({ checkout: infra, install: false })).rejects.toMatchObject({ code });
  });

  test("may lack those that are for other machines", async () => {
    npm(infra, "ci", "--offline");
    const file = path.join(infra, "package-lock.json");
    const lock = JSON.parse(fs.readFileSync(file, "utf8"));
    lock.packages["node_modules/elsewhere"] = { version: "1.0.0", optional: true, os: ["none"] };
    fs.writeFileSync(file, JSON.stringify(lock));
    expect((await packages({ checkout: infra, install: false })).installed).toBe(false);
  });
});

describe("with the CLI pinned beside them", () => {
  test("are the same packages, without the CLI, whatever its version", async () => {
    const plain = await packages();
    pinCli("0.1.0");
    expect(await packages({ install: false })).toEqual({ ...plain, installed: false });
    pinCli("0.2.0");
    expect(await packages({ install: false })).toEqual({ ...plain, installed: false });
  });

  test("are installed without it", async () => {
    pinCli("0.1.0");
    const { nodeModules, installed } = await packages();
    expect(installed).toBe(true);
    expect(fs.readdirSync(nodeModules).filter((name) => !name.startsWith("."))).toEqual(["tiny"]);
  });

  test("are used where npm has installed them with it", async () => {
    pinCli("0.1.0");
    const there = path.join(infra, "node_modules");
    npm(infra, "ci", "--offline");
    expect(fs.existsSync(path.join(there, ".bin", "paas"))).toBe(true);
    expect((await packages({ checkout: infra, install: false })).nodeModules).toBe(there);
  });
});

test("come into the app's folder as links, once", async () => {
  const { nodeModules } = await packages();
  await linkInto(infra, nodeModules);
  const linked = path.join(infra, "node_modules", "tiny", "index.js");
  expect(fs.statSync(linked).ino).toBe(fs.statSync(path.join(nodeModules, "tiny", "index.js")).ino);

  fs.rmSync(linked);
  await linkInto(infra, nodeModules);
  expect(fs.existsSync(linked)).toBe(false);
});

test("keep their list to themselves: npm writes into that of the app's folder", async () => {
  const { nodeModules } = await packages();
  await linkInto(infra, nodeModules);
  const list = (folder: string) => fs.statSync(path.join(folder, ".package-lock.json")).ino;
  expect(list(path.join(infra, "node_modules"))).not.toBe(list(nodeModules));
});

test.each([
  [{ PAAS_CACHE_DIR: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c/infra"],
  [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/paas/infra"],
  [{ HOME: "/h" }, "/h/.cache/paas/infra"],
])("with %j lie in %s", (variables, folder) => {
  expect(packageCache(variables)).toBe(folder);
});

function packages(changes: { install?: boolean; checkout?: string } = {}) {
  const cache = path.join(runs.folder, "cache");
  const signal = new AbortController().signal;
  return infraPackages({ infra, cache, install: true, onLine: () => {}, signal, ...changes });
}

/** Pins a CLI without dependencies in the app, as `init` does. */
function pinCli(version: string): void {
  const cli = writeCliPackage(path.join(runs.folder, `cli-${version}`), version);
  const { release, path: file, bytes } = vendorCli(runs.folder, readCliPackage(cli));
  const { dependencies: _, ...entry } = release.entry;
  const pinned = { ...release, entry, packages: {} };
  fs.writeFileSync(path.join(runs.folder, file), bytes);
  for (const [name, pin] of [["package.json", pinInManifest] as const, ["package-lock.json", pinInLock] as const]) {
    const text = fs.readFileSync(path.join(infra, name), "utf8");
    fs.writeFileSync(path.join(infra, name), pin(text, pinned) ?? "");
  }
}

/** A small app whose only package lies beside it, so that nothing comes from the network. */
function makeInfra(folder: string, infra: string): void {
  const tiny = path.join(folder, "tiny");
  fs.mkdirSync(path.join(infra, "vendor"), { recursive: true });
  fs.mkdirSync(tiny);
  const scripts = { install: "touch script-ran" };
  fs.writeFileSync(path.join(tiny, "package.json"), JSON.stringify({ name: "tiny", version: "1.0.0", scripts }));
  fs.writeFileSync(path.join(tiny, "index.js"), "");
  npm(tiny, "pack", "--pack-destination", path.join(infra, "vendor"));
  const dependencies = { tiny: "file:vendor/tiny-1.0.0.tgz" };
  fs.writeFileSync(path.join(infra, "package.json"), JSON.stringify({ name: "infra", private: true, dependencies }));
  npm(infra, "install", "--package-lock-only", "--offline");
}

function npm(folder: string, ...words: string[]): void {
  execFileSync("npm", [...words, "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "pipe" });
}
