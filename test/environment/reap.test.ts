import { describe, expect, test } from "vitest";
import { byAge, judge, mostAtOnce, type Present, type Refs, type Verdict } from "../../src/environment/reap.js";
import { branchSha } from "../../src/environment/tags.js";
import { requireManifest } from "../../src/manifest/parse.js";

const TRUSTED = requireManifest(
  `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node }
environments:
  live: { branch: release, tier: prod }
  demo: { protected: true }
  open: { branch: env-open, protected: false }
  keep-*: { protected: true }
`,
  "paas.yaml",
);
const NOW = new Date("2026-11-21T12:00:00Z");
const PAST = "2026-11-21T11:59:59.000Z";
const FUTURE = "2026-11-21T12:00:01.000Z";

function environment(envId: string, more: Partial<Present> = {}): Present {
  const branch = more.branch === undefined ? (envId.startsWith("pr-") ? envId : `env-${envId}`) : more.branch;
  return {
    envId,
    branch,
    branchSha: branch === null ? null : branchSha(branch),
    kind: envId.startsWith("pr-") ? "preview" : "branch",
    tier: "nonprod",
    status: "running",
    expires: null,
    changedAt: PAST,
    ...more,
  };
}
const REFS: Refs = { branches: ["main", "env-alice", "env-long/name"], previews: [7], where: "at GitHub" };

test.each<[string, Present, Verdict["action"], Verdict["reason"]]>([
  ["branch there", environment("alice"), "keep", "wanted"],
  ["branch gone", environment("bob"), "remove", "gone"],
  ["branch there in other case", environment("Alice", { branch: "env-Alice" }), "remove", "gone"],
  ["branch there, time up", environment("alice", { expires: PAST }), "remove", "expired"],
  ["branch there, time left", environment("alice", { expires: FUTURE }), "keep", "wanted"],
  ["branch gone, time left", environment("bob", { expires: FUTURE }), "remove", "gone"],
  ["branch gone, broken", environment("bob", { status: "failed" }), "remove", "gone"],
  ["branch gone, half destroyed", environment("bob", { status: "destroying" }), "remove", "gone"],
  [
    "only the beginning of the branch is known",
    environment("cut", { branch: "env-long", branchSha: branchSha("env-long/name") }),
    "keep",
    "wanted",
  ],
  ["nothing tells the branch", environment("lost", { branch: null, branchSha: null }), "keep", "unknown"],
  ["nothing tells the branch, tag empty", environment("lost", { branchSha: "" }), "keep", "unknown"],
  ["pull request open", environment("pr-7"), "keep", "wanted"],
  ["pull request open, time up", environment("pr-7", { expires: PAST }), "remove", "expired"],
  ["pull request closed", environment("pr-8"), "remove", "gone"],
  ["fixed without being listed", environment("staging"), "keep", "protected"],
  ["fixed, listed", environment("live", { branch: "release" }), "keep", "protected"],
  ["fixed, listed, not protected", environment("open"), "keep", "protected"],
  ["fixed, its branch under another id", environment("old", { branch: "release" }), "keep", "protected"],
  ["protected", environment("demo"), "keep", "protected"],
  ["protected by a pattern", environment("keep-it"), "keep", "protected"],
  ["made as fixed, not listed any more", environment("bob", { kind: "fixed" }), "keep", "protected"],
  ["made in production, not listed any more", environment("bob", { tier: "prod" }), "keep", "protected"],
  ["protected, time up", environment("demo", { expires: PAST }), "keep", "protected"],
])("%s", (_, present, action, reason) => {
  expect(judge(present, REFS, TRUSTED, NOW)).toMatchObject({ envId: present.envId, action, reason });
});

test("where pull requests are not known, previews go by their time alone", () => {
  const refs = { ...REFS, previews: null, where: "in remote local" };
  expect(judge(environment("pr-8"), refs, TRUSTED, NOW)).toMatchObject({ action: "keep", reason: "unknown" });
  expect(judge(environment("pr-8", { expires: PAST }), refs, TRUSTED, NOW)).toMatchObject({ reason: "expired" });
});

test("says why", () => {
  expect(judge(environment("bob"), REFS, TRUSTED, NOW).why).toBe("branch env-bob is not at GitHub");
  expect(judge(environment("alice", { expires: PAST }), REFS, TRUSTED, NOW).why).toBe(`its time was up at ${PAST}`);
});

test("oldest first, those of unknown age before them", () => {
  const list = [environment("b", { changedAt: FUTURE }), environment("a"), environment("c", { changedAt: null })];
  expect(list.sort(byAge).map(({ envId }) => envId)).toEqual(["c", "a", "b"]);
});

describe("how many may go at once", () => {
  const verdicts = (open: number, closed = 0): Verdict[] => [
    ...Array.from({ length: open }, () => judge(environment("bob"), REFS, TRUSTED, NOW)),
    ...Array.from({ length: closed }, () => judge(environment("demo"), REFS, TRUSTED, NOW)),
  ];
  test.each([
    [1, 50, 3],
    [4, 50, 3],
    [7, 50, 3],
    [8, 50, 4],
    [20, 50, 10],
    [20, 10, 3],
    [20, 100, 20],
  ])("of %i open ones with %i %%: %i", (open, share, most) => {
    expect(mostAtOnce(verdicts(open, 100), share)).toBe(most);
  });
});
