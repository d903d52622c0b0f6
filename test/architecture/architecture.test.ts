import { describe, expect, test } from "vitest";
import { layerOf, problemOf } from "./layers.js";
import { type Import, memberExpressions, readSources, type Source, sourceOf } from "./sources.js";

const sources = readSources();

/** Packages and modules of Node that reach out of the process. */
const EFFECTS =
  /^(node:)?(fs|fs\/promises|child_process|net|tls|http|https|http2|dgram|dns|os|readline|worker_threads)$/;
/** What only the processes' own entry files may end. */
const ENTRIES = ["main.ts", "local/daemon.ts", "local/hook.ts"];

const findings: Record<string, (source: Source) => string[]> = {
  "arrows go down": ({ imports }) => imports.filter(isOurs).flatMap((found) => problemOf(found) ?? []),
  "values and decisions reach nothing outside": ({ file, imports }) =>
    isPure(file) ? imports.filter(({ to, typeOnly }) => !typeOnly && EFFECTS.test(to)).map(({ to }) => to) : [],
  "values and decisions ask no clock, environment or chance": (source) =>
    isPure(source.file)
      ? memberExpressions(source).filter((words) => /^(process\.|Date\.now|Math\.random|performance\.)/.test(words))
      : [],
  "chalk lives in ui/": ({ file, imports }) =>
    file.startsWith("ui/") ? [] : imports.map(({ to }) => to).filter((to) => to === "chalk"),
  "a command file loads its run when it runs": ({ file, text, imports }) =>
    file.startsWith("commands/") && /export function register[A-Z]/.test(text)
      ? imports
          .filter(({ typeOnly, lazy }) => !typeOnly && !lazy)
          .map(({ to }) => to)
          .filter((to) => !["commander", "commands/load.ts"].includes(to))
      : [],
  "only entries end the process": (source) =>
    ENTRIES.includes(source.file) ? [] : memberExpressions(source).filter((words) => words === "process.exit"),
  "only the daemon writes to the console": (source) =>
    source.file === "local/daemon.ts" ? [] : memberExpressions(source).filter((words) => words.startsWith("console.")),
};

/** A file of `src/`, not a package. */
function isOurs({ to }: Import): boolean {
  return to.endsWith(".ts");
}

function isPure(file: string): boolean {
  return ["values", "decisions"].includes(layerOf(file));
}

function problemsIn(files: Source[], rule: string): string[] {
  return files.flatMap((source) => (findings[rule]?.(source) ?? []).map((problem) => `${source.file}: ${problem}`));
}

test.each(Object.keys(findings))("%s", (rule) => {
  expect(problemsIn(sources, rule)).toEqual([]);
});

describe("each rule finds what breaks it", () => {
  test.each<[string, string, string, string]>([
    ["arrows go down", "naming/x.ts", 'import { up } from "../pipeline/up.js";', "values import pipeline"],
    ["arrows go down", "state/x.ts", 'import type { Up } from "../pipeline/up.js";', "doors import pipeline"],
    ["arrows go down", "local/x.ts", 'import { openGit } from "../git/git.js";', "local/ imports doors"],
    ["arrows go down", "pipeline/x.ts", 'const a = import("../local/cloud.js");', "only cloud.ts and commands/local"],
    ["arrows go down", "cloud.ts", 'import { a } from "./local/cloud.js";', "before it is needed"],
    ["values and decisions reach nothing outside", "naming/x.ts", 'import fs from "node:fs";', "node:fs"],
    ["values and decisions ask no clock, environment or chance", "naming/x.ts", "Date.now();", "Date.now"],
    ["chalk lives in ui/", "commands/x.ts", 'import chalk from "chalk";', "chalk"],
    [
      "a command file loads its run when it runs",
      "commands/x.ts",
      'import { up } from "./up.run.js"; export function registerX() {}',
      "commands/up.run.ts",
    ],
    ["only entries end the process", "git/x.ts", "process.exit(1);", "process.exit"],
    ["only the daemon writes to the console", "git/x.ts", "console.log(1);", "console.log"],
  ])("%s: %s", (rule, file, text, problem) => {
    expect(problemsIn([sourceOf(file, text)], rule).join()).toContain(problem);
  });
});
