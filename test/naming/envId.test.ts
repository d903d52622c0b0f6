import { describe, expect, it } from "vitest";
import { PaasError } from "../../src/errors.js";
import { envIdOf, environmentFromArgument, isCleanId, slugOf } from "../../src/naming/envId.js";

const NAMING = {
  projectId: "7kq2mzt5abcdefghijklmnopqr",
  fixed: [
    { envId: "dev", branch: "env-dev" },
    { envId: "prod", branch: "main" },
    { envId: "qa", branch: "env-quality/assurance" },
  ],
};

/** A hash-shaped end: only its shape is of interest where the row says …. */
const HASH = /[2-7][a-z2-7]{7}$/;

describe("envIdOf", () => {
  const rows: [branch: string, id: string][] = [
    ["env-alice", "alice"],
    ["env-a", "a"],
    ["env-feature-login", "feature-login"],
    ["env-sixteen-letters1", "sixteen-letters1"],
    ["env-feature-12345678", "feature-12345678"],
    ["env-cool-database", "cool-database"],
    ["env-env", "env"],
    ["env-pr-x", "pr-x"],
    ["env-dev", "dev"],
    ["main", "prod"],
    ["env-quality/assurance", "qa"],
    ["pr-12", "pr-12"],
    ["env-Alice", "alice-…"],
    ["env-seventeen-letter", "seventeen-letter"],
    ["env-seventeen-letters", "sevente-…"],
    ["env-feature/login", "feature-…"],
    ["env-a--b", "a-b-…"],
    ["env-a-", "a-…"],
    ["env--a", "a-…"],
    ["env-9lives", "e-9live-…"],
    ["env-日本", "e-…"],
    ["env-é", "e-…"],
    ["env-$(touch x)", "touch-x-…"],
    ["env-a;b", "a-b-…"],
    ["env-con", "con-…"],
    ["env-com1", "com1-…"],
    ["env-prod", "prod-…"],
    ["env-qa", "qa-…"],
    ["env-pr-12", "pr-12-…"],
    ["env-pr-12x", "pr-12x-…"],
    ["env-env-alice", "alice-…"],
    ["env-ENV", "e-…"],
    ["env-env-env-x", "x-…"],
    ["env-platform", "platfor-…"],
    ["env-platform-prod", "platfor-…"],
    ["env-alice-2abcdefg", "alice-2-…"],
    [`env-${"a".repeat(200)}`, "aaaaaaa-…"],
  ];

  it.each(rows)("%s → %s", (branch, id) => {
    expect(envIdOf(branch, NAMING).replace(id.endsWith("…") ? HASH : /^$/, "…")).toBe(id);
  });

  it("never changes the hash of a branch: environments would lose their resources", () => {
    expect(envIdOf("env-Alice", NAMING)).toMatchInlineSnapshot(`"alice-23stltbw"`);
    expect(envIdOf("env-feature/login", NAMING)).toMatchInlineSnapshot(`"feature-23smiy3k"`);
    expect(envIdOf("env-日本", NAMING)).toMatchInlineSnapshot(`"e-5tckwvr7"`);
  });

  it("gives the same branch of another project another hash", () => {
    const other = { ...NAMING, projectId: "b".repeat(26) };
    expect(envIdOf("env-Alice", other)).not.toBe(envIdOf("env-Alice", NAMING));
  });

  it("cannot be made to hit another branch's hashed id", () => {
    const id = envIdOf("env-Alice", NAMING);
    expect(envIdOf(`env-${id}`, NAMING)).not.toBe(id);
  });

  const refused: [branch: string, code: string][] = [
    ["env-", "branch-name-empty"],
    ["feature", "branch-not-an-environment"],
    ["alice", "branch-not-an-environment"],
    ["Env-alice", "branch-not-an-environment"],
    ["pr-0", "branch-not-an-environment"],
    ["pr-12345678", "branch-not-an-environment"],
    ["", "branch-not-an-environment"],
  ];

  it.each(refused)("refuses %j: %s", (branch, code) => {
    expect(() => envIdOf(branch, NAMING)).toThrow(expect.objectContaining({ code, exit: 2, constructor: PaasError }));
  });
});

describe("environmentFromArgument", () => {
  const hashed = envIdOf("env-Alice", NAMING);
  const rows: [argument: string, id: string, branch: string | null][] = [
    ["alice", "alice", "env-alice"],
    ["env-alice", "alice", "env-alice"],
    ["env-Alice", hashed, "env-Alice"],
    [hashed, hashed, null],
    ["prod", "prod", "main"],
    ["qa", "qa", "env-quality/assurance"],
    ["dev", "dev", "env-dev"],
    ["pr-12", "pr-12", "pr-12"],
  ];

  it.each(rows)("%s", (argument, envId, branch) => {
    expect(environmentFromArgument(argument, NAMING)).toEqual({ envId, branch });
  });

  it.each(["Alice", "a b", "", "main/x", "pr-0", "con", "a".repeat(17), "a--b"])("refuses %j", (argument) => {
    const refusal = expect.objectContaining({ code: "environment-name-invalid", exit: 2 });
    expect(() => environmentFromArgument(argument, NAMING)).toThrow(refusal);
  });

  it("reads every id that a branch can get as that id", () => {
    const branches = ["env-ENV", "env-env-x", "env-Env-env", "env-pr-12", "env-日", "env-PR-2345", "env-x", "pr-7"];
    for (const branch of branches) {
      const id = envIdOf(branch, NAMING);
      expect(environmentFromArgument(id, NAMING).envId).toBe(id);
    }
  });
});

describe("slugOf", () => {
  const rows: [text: string, slug: string][] = [
    ["Feature/Login_2", "feature-login-2"],
    ["Ärger über Öl", "arger-uber-ol"],
    ["--a--", "a"],
    ["日本", ""],
    ["ﬁne", "fine"],
  ];
  it.each(rows)("%s → %s", (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });
});

it("keeps no English word from being an id", () => {
  const words = ["abandonment", "login-database", "my-keyboards", "a-generate", "fix-zzzzzzzz"];
  expect(words.filter((word) => !isCleanId(word))).toEqual([]);
});
