import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTemplates } from "../../../src/scaffold/templates.js";
import { writeCliPackage } from "../../helpers/cli-package.js";
import { temporaryFolder } from "../../helpers/repository.js";
import { type Bench, open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

const STATIC = FIXTURES.static ?? {};

/** A repository, and a CLI whose version and content change. */
function openWith(files: Record<string, string> = STATIC): Bench & { become(version: string, word?: string): void } {
  const cli = temporaryFolder("cli-");
  writeCliPackage(cli);
  const bench = open(files, { packageFolder: async () => cli });
  return { ...bench, become: (version, word) => void writeCliPackage(cli, version, word) };
}
const vendored = ({ root }: Bench) => fs.readdirSync(path.join(root, "infra/vendor"));
const pinOf = (bench: Bench) => JSON.parse(bench.read("infra/package.json")).dependencies["paas-cli"];
const lockedAs = (bench: Bench) => JSON.parse(bench.read("infra/package-lock.json")).packages["node_modules/paas-cli"];

test("the package, its pin and its place in the lock file belong together", async () => {
  const bench = openWith();
  await bench.init();
  const [file] = vendored(bench);
  expect(pinOf(bench)).toBe(`file:vendor/${file}`);
  expect(lockedAs(bench)).toMatchObject({ version: "0.1.0", resolved: `file:vendor/${file}` });
  expect(bench.exists("secret.txt")).toBe(false);
});

test("another CLI replaces package and pin, shows both, and leaves the rest of package.json to the user", async () => {
  const bench = openWith();
  await bench.init();
  const [older] = vendored(bench);
  const manifest = JSON.parse(bench.read("infra/package.json"));
  manifest.dependencies.cdktf = "0.20.0";
  bench.write("infra/package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  bench.become("0.1.0", "other content");
  bench.printed.stdout = "";
  bench.printed.stderr = "";
  await bench.init();

  const [newer, ...others] = vendored(bench);
  expect(others).toEqual([]);
  expect(newer).not.toBe(older);
  expect(pinOf(bench)).toBe(`file:vendor/${newer}`);
  expect(JSON.parse(bench.read("infra/package.json")).dependencies.cdktf).toBe("0.20.0");
  expect(lockedAs(bench).resolved).toBe(`file:vendor/${newer}`);
  expect(bench.printed.stderr).toContain(
    `-    "paas-cli": "file:vendor/${older}"\n+    "paas-cli": "file:vendor/${newer}"`,
  );
  expect(bench.printed.stdout).toContain(`create  infra/vendor/${newer}\n`);
  expect(bench.printed.stdout).toContain(`remove  infra/vendor/${older}\n`);
  expect(bench.printed.stdout).not.toContain(".github");

  const before = bench.snapshot();
  await bench.init();
  expect(bench.snapshot()).toEqual(before);
});

test("an older CLI leaves what a newer one has pinned, and says so", async () => {
  const bench = openWith();
  bench.become("0.2.0");
  await bench.init();
  const before = bench.snapshot();
  bench.become("0.1.9");
  bench.printed.stderr = "";
  await bench.init();
  expect(vendored(bench)).toEqual([expect.stringContaining("paas-cli-0.2.0-")]);
  expect(bench.read("infra/package.json")).toBe(before["infra/package.json"]?.replace(/^.*\n/, ""));
  expect(bench.printed.stderr).toContain("infra/package.json pins paas-cli file:vendor/paas-cli-0.2.0-");
});

test("a pin of the user's own stays, and nothing is vendored beside it", async () => {
  const manifest = JSON.stringify({ dependencies: { "paas-cli": "0.3.0" } });
  const bench = openWith({ ...STATIC, "infra/package.json": manifest, "infra/cdktf.json": "{}" });
  await bench.init();
  expect(bench.read("infra/package.json")).toBe(manifest);
  expect(bench.exists("infra/vendor")).toBe(false);
  expect(bench.printed.stderr).toContain("infra/package.json pins paas-cli 0.3.0: it stays");
  expect(bench.read(".github/workflows/paas-environment.yml")).not.toContain("infra/vendor");
});

test.each([
  ["missing", (file: string) => fs.rmSync(file), "create"],
  ["damaged", (file: string) => fs.truncateSync(file, 100), "replace"],
])("a package that is %s comes back with the same bytes", async (_, harm, action) => {
  const bench = openWith();
  await bench.init();
  const file = path.join(bench.root, "infra/vendor", vendored(bench)[0] ?? "");
  const before = fs.readFileSync(file);
  harm(file);
  bench.printed.stdout = "";
  await bench.init();
  expect(fs.readFileSync(file).equals(before)).toBe(true);
  expect(bench.printed.stdout).toContain(`wrote\n  ${action}  infra/vendor/`);
});

test("a lock file that no pin fits into is left alone, with a hint", async () => {
  const bench = openWith();
  await bench.init();
  bench.write("infra/package-lock.json", "<<<<<<< HEAD\n");
  bench.printed.stderr = "";
  await bench.init();
  expect(bench.read("infra/package-lock.json")).toBe("<<<<<<< HEAD\n");
  expect(bench.printed.stderr).toContain("infra/package-lock.json does not pin this paas");
});

test("git takes the package as it is, whatever the repository says of such files", async () => {
  const attributes = "* text eol=crlf\n*.tgz filter=lfs diff=lfs merge=lfs\n";
  const bench = openWith({ ...STATIC, ".gitignore": "*.tgz\nvendor/\n", ".gitattributes": attributes });
  await bench.init();
  const file = `infra/vendor/${vendored(bench)[0]}`;
  bench.git("add", "--all");
  const git = (...words: string[]) => execFileSync("git", words, { cwd: bench.root });
  expect(git("show", `:${file}`).equals(fs.readFileSync(path.join(bench.root, file)))).toBe(true);
  expect(git("check-attr", "filter", "text", "--", file).toString()).toBe(
    `${file}: filter: unset\n${file}: text: unset\n`,
  );
});

describe("npm", () => {
  /** With a cache of its own: npm takes bytes that it has seen before from there, whatever lies in the folder now. */
  function install(bench: Bench): string {
    const folder = path.join(bench.root, "infra");
    withoutOthers(folder);
    const words = ["ci", "--ignore-scripts", "--offline", "--no-audit", "--no-fund", "--prefix", folder];
    const env = { ...process.env, npm_config_cache: temporaryFolder("npm-") };
    execFileSync("npm", words, { cwd: bench.root, env, stdio: "pipe" });
    return path.join(folder, "node_modules/.bin/paas");
  }

  test("installs the package from the lock file, without a network", async () => {
    const bench = openWith();
    await bench.init();
    expect(execFileSync(install(bench), { encoding: "utf8" })).toBe("0.1.0 hello\n");
  });

  test("refuses a package whose bytes are not those of the lock file", async () => {
    const bench = openWith();
    await bench.init();
    const file = path.join(bench.root, "infra/vendor", vendored(bench)[0] ?? "");
    fs.writeFileSync(file, gzipSync(gunzipSync(fs.readFileSync(file)), { level: 1 }));
    expect(() => install(bench)).toThrow(/EINTEGRITY/);
  });
});

/** Takes out of an `infra/` what would come from a registry. */
function withoutOthers(folder: string): void {
  const [manifest, lock] = ["package.json", "package-lock.json"].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const { packages, ...rest } = JSON.parse(fs.readFileSync(lock, "utf8"));
  const { dependencies: _, ...cli } = packages["node_modules/paas-cli"];
  const root = { name: "infra", dependencies: { "paas-cli": packages[""].dependencies["paas-cli"] } };
  fs.writeFileSync(manifest, JSON.stringify(root));
  fs.writeFileSync(lock, JSON.stringify({ ...rest, packages: { "": root, "node_modules/paas-cli": cli } }));
}

test("the template itself pins nothing", () => {
  expect(readTemplates().infra["package.json"]).not.toContain("paas-cli");
});
