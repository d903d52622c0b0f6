import { describe, expect, it } from "vitest";
import {
  branchSha,
  environmentTags,
  isOurs,
  ownership,
  percentEncoded,
  taggedBranch,
} from "../../src/environment/tags.js";

function tagsOf(branch: string, envId = "alice", projectId = "p1") {
  const project = { id: projectId, name: "shop" };
  return environmentTags({ project, envId, branch, kind: "branch", tier: "nonprod", generation: 0 });
}

describe("ownership", () => {
  const ours = { tags: tagsOf("env-alice") };
  const { "paas-branch-sha": _, ...noSha } = ours.tags;
  const upper = Object.fromEntries(Object.entries(ours.tags).map(([key, value]) => [key.toUpperCase(), value]));
  const rows: [what: string, tags: Record<string, string> | undefined, expected: string][] = [
    ["the same tags", ours.tags, "ours"],
    ["more tags", { ...ours.tags, owner: "team", "paas-expires": "x" }, "ours"],
    ["keys in another case", upper, "ours"],
    ["another generation", { ...ours.tags, "paas-generation": "4" }, "ours"],
    ["another project", tagsOf("env-alice", "alice", "p2"), "foreign"],
    ["another environment", tagsOf("env-alice", "bob"), "foreign"],
    ["another branch with this id", tagsOf("env-Alice"), "other-branch"],
    ["no branch", noSha, "other-branch"],
    ["no tags of ours", { owner: "team" }, "foreign"],
    ["no tags", undefined, "foreign"],
  ];
  it.each(rows)("%s", (_what, tags, expected) => {
    expect(ownership(tags, ours)).toBe(expected);
    expect(isOurs(tags, ours)).toBe(expected === "ours");
  });

  it("does not take missing tags on both sides for ours", () => {
    expect(ownership({}, { tags: {} })).toBe("foreign");
  });
});

describe("the branch in tags", () => {
  const rows: [branch: string, encoded: string][] = [
    ["env-alice", "env-alice"],
    ["env-a/b", "env-a%2Fb"],
    ["env-$(touch x);<>&\\?", "env-%24%28touch%20x%29%3B%3C%3E%26%5C%3F"],
    ["env-é", "env-%C3%A9"],
    ["env-😀", "env-%F0%9F%98%80"],
    ["env-100%", "env-100%25"],
  ];
  it.each(rows)("%s", (branch, encoded) => {
    expect(tagsOf(branch)["paas-branch"]).toBe(encoded);
    expect(taggedBranch(tagsOf(branch))).toBe(branch);
  });

  it("is cut at 256 characters, never inside an escape or a character", () => {
    for (let lead = 0; lead < 12; lead++) {
      const branch = `env-${"a".repeat(lead)}${"😀".repeat(60)}`;
      const encoded = tagsOf(branch)["paas-branch"] ?? "";
      expect(encoded.length).toBeLessThanOrEqual(256);
      expect(encoded.length).toBeGreaterThan(256 - 12);
      expect(branch.startsWith(decodeURIComponent(encoded))).toBe(true);
    }
  });

  it("is whole in its hash even where it is cut", () => {
    const long = `env-${"a".repeat(300)}`;
    expect(tagsOf(`${long}1`)["paas-branch"]).toBe(tagsOf(`${long}2`)["paas-branch"]);
    expect(branchSha(`${long}1`)).not.toBe(branchSha(`${long}2`));
    expect(branchSha(long)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("may be missing or unreadable", () => {
    expect(taggedBranch(undefined)).toBeNull();
    expect(taggedBranch({ "PAAS-BRANCH": "env-%E0" })).toBe("env-%E0");
  });
});

it("replaces what is no text", () => {
  expect(percentEncoded("\ud800", 256)).toBe("%EF%BF%BD");
});
