import { describe, expect, test } from "vitest";
import { decide, foresee } from "../../../src/workflow/rehearse/conditions.js";
import { admit } from "../../../src/workflow/rehearse/environments.js";
import { evaluate, type Scope } from "../../../src/workflow/rehearse/expressions.js";
import { parseFileCommands } from "../../../src/workflow/rehearse/file-commands.js";
import { matchesList, matchesPattern } from "../../../src/workflow/rehearse/filters.js";
import type { Json, JsonObject } from "../../../src/workflow/rehearse/json.js";
import { createMasks } from "../../../src/workflow/rehearse/masks.js";
import { legName, legsOf } from "../../../src/workflow/rehearse/matrix.js";
import { resolve } from "../../../src/workflow/rehearse/templates.js";
import { parseWorkflowCommand } from "../../../src/workflow/rehearse/workflow-commands.js";
import { expression } from "../../../src/workflow/text.js";

const github: JsonObject = { event_name: "push", ref: "refs/heads/env-alice", event: { deleted: false, labels: [] } };

function scope(status: Partial<Scope["status"]> = {}): Scope {
  return {
    contexts: { github, needs: { build: { result: "success", outputs: { list: "[1,2]" } } }, matrix: { os: "linux" } },
    status: { success: true, failure: false, cancelled: false, jobs: {}, ...status },
    hashFiles: (patterns) => `hash of ${patterns.join()}`,
  };
}

describe("expressions", () => {
  test.each<[string, Json]>([
    ["1 == '1'", true],
    ["'Env' == 'env'", true],
    ["github.event_name == 'push' && 'yes' || 'no'", "yes"],
    ["fromJSON(needs.build.outputs.list)[1]", 2],
    ["github.nothing.at.all", null],
    ["format('a ''{0}'' b ''{1}''', 1, 2)", "a '1' b '2'"],
    ["contains(github.ref, 'env-')", true],
    ["hashFiles('a', 'b')", "hash of a,b"],
    ["toJSON(matrix)", '{\n  "os": "linux"\n}'],
  ])("%s is %j", (text, value) => {
    expect(evaluate(text, scope())).toEqual(value);
  });

  test("texts, lists and mappings of a workflow file", () => {
    const value = {
      text: `a ${expression("1 + 0")} b`.replace("1 + 0", "format('{0}}}', 1)"),
      list: ["x", expression("fromJSON('[1,2]')")],
      [`key-${expression("matrix.os")}`]: expression("true"),
      block: `cat <<END\n  ${expression("matrix.os")}\nEND\n`,
    };
    expect(resolve(value, scope())).toEqual({
      text: "a 1} b",
      list: ["x", 1, 2],
      "key-linux": true,
      block: "cat <<END\n  linux\nEND\n",
    });
  });

  test("one that is not closed is an error", () => {
    expect(() => resolve("a ${{ b", scope())).toThrow("not closed");
  });
});

describe("conditions", () => {
  const failed = { success: false, failure: true };
  test.each<[string | null, Partial<Scope["status"]>, boolean]>([
    [null, {}, true],
    [null, failed, false],
    ["github.event_name == 'push'", {}, true],
    ["github.event_name == 'push'", failed, false],
    ["always()", failed, true],
    ["failure()", failed, true],
    ["failure()", {}, false],
    ["!cancelled() && needs.build.result == 'success'", failed, true],
    ["!cancelled()", { success: false, cancelled: true }, false],
    ["success('build')", { ...failed, jobs: { build: "success" } }, true],
    ["github.always == 'x' || true", failed, false],
    ["'always()' == 'x' || true", failed, false],
    [`${expression("false")} or else`, {}, true],
    ["github.event.deleted", {}, false],
  ])("%s with %j is %j", (text, status, result) => {
    expect(decide(text, scope(status)).result).toBe(result);
  });

  test.each<[string, boolean | null]>([
    ["steps.a.outputs.b == 'x'", null],
    ["needs.build.outputs.list != '[]'", null],
    ["needs.build.result == 'success'", true],
    ["github.event.steps", false],
  ])("%s is %j before anything has run", (text, result) => {
    expect(foresee(text, scope()).result).toBe(result);
  });
});

describe("filters", () => {
  test.each<[string, string, boolean]>([
    ["env-**", "env-a/b", true],
    ["env-*", "env-a/b", false],
    ["env-*", "env-a", true],
    ["*", "env-a/b", false],
    ["**", "a/b/c", true],
    ["**.js", "src/a.js", true],
    ["**/docs/**", "docs/a.md", true],
    ["**/docs/**", "my-docs/a.md", false],
    ["docs/**/*.md", "docs/a.md", true],
    ["v[12].[0-9]+", "v1.10", true],
    ["releases?", "release", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["refs/heads/env-**", "env-a", false],
    ["a.b", "axb", false],
  ])("%s on %s: %j", (pattern, value, matches) => {
    expect(matchesPattern(pattern, value)).toBe(matches);
  });

  test("the last pattern that matches decides", () => {
    expect(matchesList(["env-**", "!env-x-**", "env-x-y"], "env-x-z")).toBe(false);
    expect(matchesList(["env-**", "!env-x-**", "env-x-y"], "env-x-y")).toBe(true);
    expect(matchesList(["!env-x"], "env-y")).toBe(false);
  });
});

describe("GitHub environments", () => {
  const rules = { "paas-branch": ["env-*", "env-*/**/*", "main"], "paas-plan": ["refs/pull/*/merge"] };
  test.each<[string, string, boolean]>([
    ["paas-branch", "refs/heads/env-alice", true],
    ["paas-branch", "refs/heads/env-a/b", true],
    ["paas-branch", "refs/heads/env-a/b/c", true],
    ["paas-branch", "refs/heads/topic", false],
    ["paas-branch", "refs/heads/main", true],
    ["paas-branch", "refs/pull/7/merge", false],
    ["paas-plan", "refs/pull/7/merge", true],
    ["paas-plan", "refs/heads/main", false],
    ["unknown", "refs/heads/topic", true],
  ])("%s on %s: %j", (environment, ref, allowed) => {
    expect(admit(rules, environment, ref).allowed).toBe(allowed);
  });
});

describe("matrix", () => {
  test("the example of GitHub's documentation", () => {
    const legs = legsOf({
      fruit: ["apple", "pear"],
      animal: ["cat", "dog"],
      include: [
        { color: "green" },
        { color: "pink", animal: "cat" },
        { fruit: "apple", shape: "circle" },
        { fruit: "banana" },
        { fruit: "banana", animal: "cat" },
      ],
    });
    expect(legs).toEqual([
      { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
      { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
      { fruit: "pear", animal: "cat", color: "pink" },
      { fruit: "pear", animal: "dog", color: "green" },
      { fruit: "banana" },
      { fruit: "banana", animal: "cat" },
    ]);
  });

  test("what is excluded, names, and what is wrong", () => {
    expect(legsOf({ os: ["a", "b"], node: [1, 2], exclude: [{ os: "a", node: 2 }] })).toHaveLength(3);
    expect(legsOf(undefined)).toEqual([null]);
    expect(legName("test", { os: "linux", item: { id: 1, name: "x" } })).toBe("test (linux, 1, x)");
    expect(() => legsOf({ os: [] })).toThrow("does not contain any values");
    expect(() => legsOf({ os: "linux" })).toThrow("matrix.os is no list");
    expect(() => legsOf({ n: Array.from({ length: 257 }, (_, index) => index) })).toThrow("GitHub allows 256");
  });
});

describe("what steps write", () => {
  test("files of commands", () => {
    expect(parseFileCommands("a=1\nb=x=y\nc<<END\n1\n=2\nEND\n\nd=\n")).toEqual({
      a: "1",
      b: "x=y",
      c: "1\n=2",
      d: "",
    });
    expect(() => parseFileCommands("nonsense")).toThrow("Invalid format 'nonsense'");
    expect(() => parseFileCommands("a<<END\n1")).toThrow("Matching delimiter not found 'END'");
  });

  test.each<[string, object | null]>([
    ["plain ::error::", null],
    [
      "::error file=paas.yaml,line=3,title=a%2Cb::x%0Ay%25",
      { file: "paas.yaml", line: 3, title: "a,b", message: "x\ny%" },
    ],
    ["::warning::careful", { level: "warning", message: "careful", file: null, line: null }],
    ["::add-mask::s3cret", { kind: "mask", value: "s3cret" }],
    ["::group::Plan", { kind: "group", name: "Plan" }],
    ["::unknown::x", null],
  ])("%s", (line, expected) => {
    const command = parseWorkflowCommand(line);
    const seen = command?.kind === "annotation" ? command.annotation : command;
    if (expected === null) expect(command).toBeNull();
    else expect(seen).toMatchObject(expected);
  });

  test("masks hide the longest value first, and every line of a value", () => {
    const masks = createMasks(["secret", "secret-long", "", "two\nlines"]);
    expect(masks.hide("secret-long secret two / lines")).toBe("*** *** *** / ***");
    expect([masks.touches("a secret"), masks.touches("nothing")]).toEqual([true, false]);
  });
});
