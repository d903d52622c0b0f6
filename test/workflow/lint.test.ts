import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { FixedEnvironment } from "../../src/manifest/manifest.js";
import type { Finding } from "../../src/workflow/lint/finding.js";
import { lintWorkflows } from "../../src/workflow/lint/lint.js";
import { RULES } from "../../src/workflow/lint/rules.js";
import { MISTAKES, withMistake } from "./mistakes.js";

const FIXTURES = path.join(import.meta.dirname, "../fixtures/workflows");
const FIXED: FixedEnvironment[] = [
  { envId: "dev", branch: "env-dev", tier: "nonprod", protected: true },
  { envId: "staging", branch: "env-staging", tier: "nonprod", protected: true },
  { envId: "prod", branch: "main", tier: "prod", protected: true },
];

async function findings(file: { path: string; text: string }, queue = true): Promise<Finding[]> {
  return (await lintWorkflows({ files: [file], project: { defaultBranch: "main", fixed: FIXED, queue } })).findings;
}

describe("mistakes", () => {
  const ids = ["syntax", ...RULES.map(({ id }) => id)];

  test.each(ids)("%s is broken in three ways or more", (id) => {
    expect(MISTAKES.filter(({ rule }) => rule === id).length).toBeGreaterThanOrEqual(3);
  });

  test.each(MISTAKES)("$rule: $replace", async (mistake) => {
    const found = await findings(withMistake(mistake));
    expect(found.map(({ rule }) => rule)).toContain(mistake.rule);
  });

  test("are reported where they are, with a fix", async () => {
    const shown = await Promise.all(
      MISTAKES.map(async (mistake) => {
        const file = withMistake(mistake);
        const lines = file.text.split("\n");
        const own = (await findings(file)).filter(({ rule }) => rule === mistake.rule);
        return own.map(({ rule, line, column, message, fix }) =>
          [`${rule}  ${message}`, `  at  ${lines[line - 1]?.slice(column - 1)}`, `  fix ${fix}`].join("\n"),
        );
      }),
    );
    await expect(`${shown.flat().join("\n")}\n`).toMatchFileSnapshot(path.join(FIXTURES, "findings.txt"));
  });
});

describe("good workflows", () => {
  const good = fs.readdirSync(path.join(FIXTURES, "good"));
  test("are many", () => expect(good.length).toBeGreaterThanOrEqual(15));

  test.each(good)("nothing is found in %s", async (name) => {
    const file = {
      path: `.github/workflows/${name}`,
      text: fs.readFileSync(path.join(FIXTURES, "good", name), "utf8"),
    };
    // One of them is for a server of one's own.
    const project = { defaultBranch: "main", fixed: FIXED, queue: !name.startsWith("enterprise-") };
    const { findings: found, checked } = await lintWorkflows({ files: [file], project });
    expect(found).toEqual([]);
    expect(checked).toEqual([file.path]);
  });
});

test.each([
  ["needs.list.result == 'success'"],
  ["needs.list.outputs.any == 'true' && !cancelled()"],
  ["fromJSON(needs.list.outputs.count) > 0"],
])("a condition that only a run can decide hides nothing: %s", async (condition) => {
  const file = withMistake({
    rule: "concurrency",
    file: "nightly",
    find: "needs.list.outputs.environments != '[]'",
    replace: condition,
  });
  const text = file.text.replace("group: paas-", "group: other-");
  expect((await findings({ ...file, text })).map(({ rule }) => rule)).toEqual(["concurrency"]);
});

test.each([
  ["group: 'paas-$", "concurrency", "on a run by hand for env-alice the group is remove-env-alice"],
  ["environment: paas-destroy", "environment", "on a run by hand for env-alice the GitHub environment is paas-branch"],
  [" && !contains(", "environment", "on a run by hand for env-dev the GitHub environment is paas-destroy"],
])("a run by hand is followed whatever its inputs are called: %s", async (find, rule, message) => {
  const good = fs.readFileSync(path.join(FIXTURES, "good", "dispatch-destroy.yml"), "utf8");
  const replaced: Record<string, string> = {
    "group: 'paas-$": "group: 'remove-$",
    "environment: paas-destroy": "environment: paas-branch",
    " && !contains(": " || contains(",
  };
  const file = { path: ".github/workflows/hand.yml", text: good.replace(find, () => replaced[find] ?? "") };
  expect((await findings(file))[0]).toMatchObject({ rule, message });
});

test("workflows that have nothing to do with environments are left out", async () => {
  const text = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n";
  const files = [{ path: ".github/workflows/ci.yml", text }];
  const report = await lintWorkflows({ files, project: { defaultBranch: "main", fixed: FIXED, queue: true } });
  expect(report).toEqual({ findings: [], checked: [], others: [".github/workflows/ci.yml"] });
});

test("the guide explains every rule, in the same order", () => {
  const guide = fs.readFileSync(path.join(import.meta.dirname, "../../docs/github.md"), "utf8");
  const table = guide.slice(guide.indexOf("| rule |"));
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
  expect(rows).toEqual(["syntax", ...RULES.map(({ id }) => id)]);
});
