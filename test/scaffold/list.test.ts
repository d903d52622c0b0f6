import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listFiles } from "../../src/scaffold/list.js";

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "paas-list-"));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function write(file: string, text = ""): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

test("what people wrote is listed, what tools made and what lies too deep is not", () => {
  for (const file of ["b", ".nvmrc", "a/a/a/a/deep", "a/a/a/a/a/too-deep"]) write(file);
  for (const file of ["node_modules/x", "a/node_modules/x", ".git/x", "venv/x"]) write(file);
  expect(listFiles(root).paths).toEqual([".nvmrc", "a/a/a/a/deep", "b"]);
});

test("links are not followed", () => {
  write("real/file");
  fs.symlinkSync("..", path.join(root, "real/up"));
  fs.symlinkSync("/etc/hostname", path.join(root, "outside"));
  const files = listFiles(root);
  expect(files.paths).toEqual(["real/file"]);
  expect(files.text("outside")).toBeNull();
});

test("text comes without the mark that some editors put in front, and nothing huge comes", () => {
  write("package.json", "\ufeff{}");
  write("huge", "x".repeat(1_000_001));
  const files = listFiles(root);
  expect(files.text("package.json")).toBe("{}");
  expect(files.text("huge")).toBeNull();
  expect(files.has("huge")).toBe(true);
  expect(files.text("../package.json")).toBeNull();
});
