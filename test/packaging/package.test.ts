import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import { bundledPackages } from "../../scripts/bundled-packages.js";
import { paas } from "../helpers/paas.js";
import { temporaryFolder } from "../helpers/repository.js";

const root = path.resolve(import.meta.dirname, "../..");
const { folder } = inject("installedCli");
const shipped = filesIn(folder);

const STATIC_IMPORT = /^(?:import|export) (?:[^"'();]* from )?"([^"]+)";$/gm;
const REQUIRE = /__require\("([^"]+)"\)/g;

/** In every npm package, asked for or not. */
const ALWAYS = ["package.json", "README.md", "LICENSE"];

describe("the package", () => {
  test("holds what `files` names, and nothing else", () => {
    const { files } = readJson(path.join(root, "package.json")) as { files: string[] };
    const strangers = shipped.filter((file) => ![...files, ...ALWAYS].includes(file.split("/")[0] ?? ""));
    expect(strangers).toEqual([]);
    for (const name of [...files, "package.json", "LICENSE"]) {
      expect(
        shipped.some((file) => file.split("/")[0] === name),
        name,
      ).toBe(true);
    }
  });

  test("holds every template that is committed", () => {
    const committed = git("ls-files", "templates");
    expect(shipped.filter((file) => file.startsWith("templates/"))).toEqual(committed);
    expect(committed.length).toBeGreaterThan(5);
  });

  test("keeps dotfiles of templates under names that npm does not drop", () => {
    const dotfiles = shipped.filter((file) => /^templates\/(.*\/)?\.[^/]+$/.test(file));
    expect(dotfiles).toEqual([]);
    expect(shipped).toContain("templates/infra/_gitignore");
  });

  test("has one runtime dependency", () => {
    const manifest = readJson(path.join(folder, "package.json")) as Record<string, object | undefined>;
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(["esbuild"]);
    expect(manifest.optionalDependencies ?? {}).toEqual({});
    expect(manifest.peerDependencies ?? {}).toEqual({});
  });

  test("runs no script when it is installed", () => {
    const { scripts = {} } = readJson(path.join(folder, "package.json")) as { scripts?: Record<string, string> };
    const onInstall = ["preinstall", "install", "postinstall"].filter((name) => name in scripts);
    expect(onInstall).toEqual([]);
  });

  test("stays small", () => {
    const bytes = shipped.reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
    expect(bytes).toBeLessThan(12_000_000);
  });
});

describe("the installed command", () => {
  test("says its version with the hash of its sources", async () => {
    const { version } = readJson(path.join(root, "package.json")) as { version: string };
    const outcome = await paas(["--version"], { cwd: temporaryFolder("version-") });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(outcome.stdout).toMatch(new RegExp(`^${version.replaceAll(".", "\\.")}\\+[0-9a-f]{12}\\n$`));
  });

  test("loads only commander and our own small files before it knows the command", () => {
    const loaded = staticGraph("main.js");
    expect([...loaded.packages]).toEqual(["commander"]);
    expect(loaded.bytes).toBeLessThan(200_000);
  });

  test("finds no library missing: only esbuild and Node's own modules are outside", () => {
    const outside = new Set(
      filesIn(path.join(folder, "dist")).flatMap((file) => [...importsOf(file), ...requiresOf(file)]),
    );
    const foreign = [...outside].filter((name) => !name.startsWith(".") && !isBuiltin(name));
    expect(foreign).toEqual(["esbuild"]);
  });
});

describe("the repository", () => {
  test("THIRD-PARTY-NOTICES names exactly what is bundled", () => {
    const text = fs.readFileSync(path.join(root, "THIRD-PARTY-NOTICES"), "utf8");
    const named = [...text.matchAll(/^-{80}\n(\S+@\S+) \(/gm)].map(([, name]) => name);
    const bundled = bundledPackages(path.join(root, "dist")).map(({ name, version }) => `${name}@${version}`);
    expect(named, "run `npm run notices`").toEqual(bundled);
  });

  test("no lock file and no npm configuration ties to one registry", () => {
    const files = git("ls-files", "*package-lock.json", "*npmrc");
    expect(files).toContain("package-lock.json");
    for (const file of files) {
      const text = fs.readFileSync(path.join(root, file), "utf8");
      expect(text, file).not.toMatch(/"resolved":|^\s*(@\S+:)?registry\s*=/m);
    }
  });

  test("no file names the host of a package registry", () => {
    const hosts = /registry\.(npmjs|yarnpkg)\.|\bnpmjs\.(org|com)|pythonhosted\.org|\bpypi\.org/;
    const naming = git("ls-files").filter((file) => hosts.test(fs.readFileSync(path.join(root, file), "utf8")));
    expect(naming).toEqual([]);
  });
});

function staticGraph(entry: string): { packages: Set<string>; bytes: number } {
  const dist = path.join(folder, "dist");
  const files = new Set([entry]);
  for (const file of files) {
    for (const name of importsOf(file)) if (name.startsWith("./")) files.add(name.slice(2));
  }
  const texts = [...files].map((file) => fs.readFileSync(path.join(dist, file), "utf8"));
  const packages = texts.flatMap((text) =>
    [...text.matchAll(/^\/\/#region .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name ?? ""),
  );
  return { packages: new Set(packages), bytes: texts.reduce((sum, text) => sum + text.length, 0) };
}

/** What a built file imports when it is loaded; `import()` is left out. */
function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(folder, "dist", file), "utf8");
  return [...text.matchAll(STATIC_IMPORT)].map(([, name]) => name ?? "");
}

/** Libraries that ask for others in the old way; the bundler turns what it could not include into this. */
function requiresOf(file: string): string[] {
  const text = fs.readFileSync(path.join(folder, "dist", file), "utf8");
  return [...text.matchAll(REQUIRE)].map(([, name]) => name ?? "");
}

function filesIn(top: string): string[] {
  return fs
    .readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
}

function git(...words: string[]): string[] {
  return execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean).sort();
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}
