import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { InitOptions } from "../../../src/commands/init.run.js";
import { PaasError } from "../../../src/errors.js";
import { gitEnvironment } from "../../../src/git/git.js";
import { wireTools } from "../../../src/tools.js";
import { type Bench, open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

const STATIC = FIXTURES.static ?? {};
const EXPRESS = FIXTURES["node-express"] ?? {};

/** The error of a run that has changed nothing. */
async function refusal(bench: Bench, options: InitOptions): Promise<PaasError> {
  const before = bench.snapshot();
  const error = await bench.init(options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(bench.snapshot()).toEqual(before);
  if (error instanceof PaasError) return error;
  throw new Error(`expected a PaasError, got ${error}`);
}

describe("nothing is written, and the way on is named", () => {
  type Row = [name: string, files: Record<string, string>, options: InitOptions, code: string, words: RegExp];
  test.each<Row>([
    ["nobody to ask", STATIC, {}, "answer-missing", /pass --name paas-command-.*\npass --location westeurope\n.*--yes/],
    ["nobody to ask for the region", STATIC, { name: "shop" }, "answer-missing", /pass --location westeurope/],
    ["nobody to ask for a sample", {}, {}, "answer-missing", /--sample node or --sample static/],
    [
      "every bad flag at once",
      STATIC,
      { yes: true, name: "Shop!", location: "West Europe", port: "70000", service: ["A=.", "b=../c", "b=."] },
      "bad-flag",
      /--name "Shop!".*\n--location "West Europe".*\n--port "70000".*\n--service "A".*\n--service b is given twice\n--service "\.\.\/c".*\n--runtime and --port are for one/,
    ],
    [
      "a port for several services",
      { "a/index.html": "", "b/index.html": "" },
      { yes: true, port: "80" },
      "bad-flag",
      /a in a\nb in b/,
    ],
    ["a folder without anything", STATIC, { yes: true, service: ["api=api"] }, "folder-missing", /api/],
    ["no app", { "main.go": "" }, { yes: true }, "nothing-detected", /--service web=<folder>/],
    [
      "a package.json that is no JSON",
      { "package.json": "{" },
      { yes: true },
      "nothing-detected",
      /package.json is there, but it is no JSON/,
    ],
    [
      "somebody else's infra/",
      { ...STATIC, "infra/main.tf": "" },
      { yes: true },
      "infra-in-the-way",
      /infra\/main.tf\n.*git mv/,
    ],
    ["a sample over an app", EXPRESS, { yes: true, sample: "node" }, "sample-in-the-way", /server.js is there/],
    [
      "a sample beside an app",
      { "a/index.html": "" },
      { yes: true, sample: "node" },
      "sample-in-the-way",
      /an app in a/,
    ],
    ["a broken paas.yaml", { ...STATIC, "paas.yaml": "name: [" }, { yes: true }, "manifest-invalid", /paas.yaml:1/],
  ])("%s", async (_, files, options, code, words) => {
    const error = await refusal(open(files), options);
    expect({ code: error.code, exit: error.exit }).toEqual({ code, exit: 2 });
    expect([error.message, ...error.details, error.next].join("\n")).toMatch(words);
  });

  test("other answers than those of paas.yaml", async () => {
    const bench = open(STATIC);
    await bench.init({ yes: true, name: "shop" });
    const error = await refusal(bench, { yes: true, name: "other", port: "99", service: ["api=api"] });
    expect(error.code).toBe("already-initialised");
    expect(error.details).toEqual([
      "--name: asked for other, paas.yaml has shop",
      "--port: asked for 99, paas.yaml has 8080",
      "--service api: asked for api, paas.yaml has none",
    ]);
  });

  test("a link out of the repository", async () => {
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), "paas-outside-"));
    const bench = open(STATIC);
    fs.symlinkSync(outside, path.join(bench.root, "infra"));
    const error = await refusal(bench, { yes: true });
    expect(error.code).toBe("outside-repository");
    expect(fs.readdirSync(outside)).toEqual([]);
    fs.rmSync(outside, { recursive: true });
  });
});

test("a folder that is no repository", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-plain-"));
  const tools = wireTools({ directory: folder }, {}, new AbortController().signal);
  await expect(open({}, { git: tools.git }).init()).rejects.toMatchObject({
    code: "not-a-repository",
    exit: 2,
    next: expect.stringContaining("git init"),
  });
  expect(fs.readdirSync(folder)).toEqual([]);
  fs.rmSync(folder, { recursive: true });
});

describe("the git remote local", () => {
  test("answers from a folder below the top", async () => {
    const bench = open({ "web/index.html": "" });
    await bench.init();
    const words = ["ls-remote", "local"];
    const cwd = path.join(bench.root, "web");
    expect(execFileSync("git", words, { cwd, env: gitEnvironment(), encoding: "utf8" })).toBe("");
  });

  test("is left alone when it leads elsewhere", async () => {
    const bench = open(STATIC);
    bench.git("remote", "add", "local", "../elsewhere.git");
    await bench.init();
    expect(await (await bench.tools.git()).remotes()).toEqual({ local: "../elsewhere.git" });
    expect(bench.printed.stderr).toContain("the git remote local leads elsewhere: ../elsewhere.git");
  });
});
