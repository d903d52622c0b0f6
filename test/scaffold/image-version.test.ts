import { expect, test } from "vitest";
import { nodeMajor, pythonMinor } from "../../src/scaffold/image-version.js";
import { listing } from "./files.js";

test.each<[engines: string | null, major: string]>([
  [null, "24"],
  ["", "24"],
  ["*", "24"],
  [">=18", "24"],
  [">=26", "26"],
  ["20", "20"],
  ["^22.1.0", "22"],
  ["20.x", "20"],
  ["18 || 20 || 22", "22"],
  ["^20.19.0 || >=22.12.0", "24"],
  [">=20 <21", "20"],
  ["21", "24"],
])("engines %j → node:%s", (engines, major) => {
  expect(nodeMajor(listing({}), ".", engines)).toBe(major);
});

test("version files win, those beside the app first", () => {
  const files = listing({ ".nvmrc": "v20.11.1\n", "api/.node-version": "22" });
  expect(nodeMajor(files, ".", "24")).toBe("20");
  expect(nodeMajor(files, "api", "24")).toBe("22");
  expect(nodeMajor(listing({ ".nvmrc": "lts/*" }), ".", "20")).toBe("24");
});

test.each<[files: Record<string, string>, minor: string]>([
  [{}, "3.13"],
  [{ ".python-version": "3.11.7\n" }, "3.11"],
  [{ "pyproject.toml": 'requires-python = "==3.12.*"' }, "3.12"],
  [{ "pyproject.toml": 'requires-python = ">=3.9"' }, "3.13"],
])("%j → python:%s", (files, minor) => {
  expect(pythonMinor(listing(files), ".")).toBe(minor);
});
