import fs from "node:fs";
import { expect, test } from "vitest";
import { readSample, readTemplates } from "../../src/scaffold/templates.js";

const templates = readTemplates();
const written = { ...templates.infra, ...readSample("node"), ...readSample("static"), ...templates.ignore };

test("dotfiles get their names back, and nothing that was made is taken along", () => {
  expect(Object.keys(templates.infra)).toContain(".gitignore");
  expect(Object.keys(written).filter((file) => /^_|\/_|node_modules|^dist\//.test(file))).toEqual([]);
  for (const file of fs.readdirSync("templates/infra")) {
    if (/node_modules|dist|cdktf\.out/.test(file)) continue;
    expect(Object.keys(templates.infra)).toContain(file.replace(/^_/, "."));
  }
});

test("a lock file names no registry", () => {
  const locks = [templates.infra["package-lock.json"], readSample("node")["package-lock.json"]];
  for (const lock of locks) {
    expect(lock).toContain('"integrity"');
    expect(lock).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
  }
});

test("the schema of paas.yaml is one that editors read", () => {
  expect(JSON.parse(templates.schema)).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#" });
});
