import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PlannedFile } from "../../src/scaffold/plan.js";
import { readInside, writeFiles } from "../../src/scaffold/write.js";

let folder: string;
let root: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-write-"));
  root = path.join(folder, "repository");
  fs.mkdirSync(root);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (...steps: string[]) => path.join(root, ...steps);
const planned = (file: string, current: string | null, content = "new"): PlannedFile => ({
  path: file,
  action: current === null ? "create" : "replace",
  content,
  current,
  mode: 0o644,
  diff: null,
  hint: null,
});

test("folders are made, permissions stay, no draft is left", () => {
  fs.writeFileSync(at("run.sh"), "old", { mode: 0o755 });
  writeFiles(root, [planned("a/b/c", null), planned("run.sh", "old")]);
  expect(fs.readFileSync(at("a/b/c"), "utf8")).toBe("new");
  expect(fs.readFileSync(at("run.sh"), "utf8")).toBe("new");
  expect(fs.statSync(at("run.sh")).mode & 0o777).toBe(0o755);
  expect(fs.readdirSync(at("a/b"))).toEqual(["c"]);
});

describe("what changed since the plan stays", () => {
  test.each<[name: string, current: string | null]>([
    ["a file that appeared", null],
    ["a file that was edited", "old"],
  ])("%s", (_, current) => {
    fs.writeFileSync(at("a"), "someone else's");
    expect(() => writeFiles(root, [planned("a", current)])).toThrow(/a was changed by someone else/);
    expect(fs.readFileSync(at("a"), "utf8")).toBe("someone else's");
    expect(fs.readdirSync(root)).toEqual(["a"]);
  });
});

describe("links", () => {
  test.each<[name: string, link: string, target: string, file: string]>([
    ["a folder outside", "infra", "../elsewhere", "infra/main.ts"],
    ["a file outside", "paas.yaml", "../elsewhere/paas.yaml", "paas.yaml"],
    ["a file outside that is not there", "paas.yaml", "../nothing", "paas.yaml"],
  ])("to %s are refused, for reading and for writing", (_, link, target, file) => {
    fs.mkdirSync(path.join(folder, "elsewhere"));
    fs.writeFileSync(path.join(folder, "elsewhere", "paas.yaml"), "theirs");
    fs.symlinkSync(target, at(link));
    const refused = expect.objectContaining({ code: "outside-repository", exit: 2 });
    expect(() => readInside(root, file)).toThrow(refused);
    expect(() => writeFiles(root, [planned(file, null)])).toThrow(refused);
    expect(fs.readdirSync(path.join(folder, "elsewhere"))).toEqual(["paas.yaml"]);
    expect(fs.readFileSync(path.join(folder, "elsewhere", "paas.yaml"), "utf8")).toBe("theirs");
    expect(fs.existsSync(path.join(folder, "nothing"))).toBe(false);
  });

  test("to places inside are followed, and stay links", () => {
    fs.mkdirSync(at("real"));
    fs.symlinkSync("real", at("infra"));
    writeFiles(root, [planned("infra/main.ts", null)]);
    expect(fs.readFileSync(at("real/main.ts"), "utf8")).toBe("new");
    expect(fs.lstatSync(at("infra")).isSymbolicLink()).toBe(true);
  });

  test("a repository that is itself behind a link is inside", () => {
    fs.symlinkSync("repository", path.join(folder, "link"));
    writeFiles(path.join(folder, "link"), [planned("a", null)]);
    expect(readInside(root, "a")).toBe("new");
  });
});

describe("what is in the way is said", () => {
  test("a folder where a file belongs", () => {
    fs.mkdirSync(at("paas.yaml"));
    expect(() => readInside(root, "paas.yaml")).toThrow("paas.yaml is in the way: it has to be a file");
  });

  test("a file where a folder belongs", () => {
    fs.writeFileSync(at("infra"), "");
    const words = "infra is in the way: it has to be a folder for infra/main.ts";
    expect(() => readInside(root, "infra/main.ts")).toThrow(words);
    expect(() => writeFiles(root, [planned("infra/main.ts", null)])).toThrow(words);
  });

  test("what cannot be written", () => {
    const tooLong = "a".repeat(300);
    expect(() => writeFiles(root, [planned(`b/${tooLong}`, null)])).toThrow(
      expect.objectContaining({ code: "not-writable", message: `b/${tooLong} cannot be written` }),
    );
  });
});

describe("what is removed", () => {
  const removal = (file: string): PlannedFile => ({ ...planned(file, "old", ""), action: "remove" });

  test("is gone, and nothing beside it", () => {
    fs.writeFileSync(at("old.tgz"), "old");
    fs.writeFileSync(at("mine.tgz"), "mine");
    writeFiles(root, [removal("old.tgz"), removal("gone-already.tgz")]);
    expect(fs.readdirSync(root)).toEqual(["mine.tgz"]);
  });

  test("never lies outside the repository", () => {
    fs.writeFileSync(path.join(folder, "outside"), "old");
    fs.symlinkSync("../outside", at("link"));
    expect(() => writeFiles(root, [removal("link")])).toThrow(expect.objectContaining({ code: "outside-repository" }));
    expect(fs.existsSync(path.join(folder, "outside"))).toBe(true);
  });
});
