import { describe, expect, test } from "vitest";
import { projectNameFrom, projectNameProblem, serviceNameFrom, serviceNameProblem } from "../../src/scaffold/names.js";

const HOSTILE = [
  "",
  "-",
  "é",
  "日本語",
  "1",
  "9lives",
  "a",
  "a--b",
  "../..",
  "$(touch x)",
  "a\nid: x",
  "x".repeat(200),
  "-a-",
];

describe("the name of a project", () => {
  test.each([
    ["@acme/My Shop", "my-shop"],
    ["Crème Brûlée", "creme-brulee"],
    ["2048-game", "game"],
    ["日本語", "app"],
    ["x", "app"],
    ["a-very-long-name-of-a-project", "a-very-long-name-of"],
  ])("%s → %s", (text, name) => expect(projectNameFrom(text)).toBe(name));

  test.each(HOSTILE)("anything gives a valid one: %j", (text) => {
    expect(projectNameProblem(projectNameFrom(text))).toBeUndefined();
  });

  test.each(["a", "A", "a_b", "a--b", "1a", "a-", "x".repeat(21), ""])("%j is refused", (name) => {
    expect(projectNameProblem(name)).toMatch(/^2 to 20 characters/);
  });
});

describe("the name of a service", () => {
  test("is never taken twice", () => {
    expect(serviceNameFrom("api", ["api", "api-2"])).toBe("api-3");
    expect(serviceNameFrom("a-sixteen-letter", ["a-sixteen-letter"])).toBe("a-sixteen-lett-2");
  });

  test.each(HOSTILE)("anything gives a valid one: %j", (text) => {
    expect(serviceNameProblem(serviceNameFrom(text, ["web"]))).toBeUndefined();
  });
});
