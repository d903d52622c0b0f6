import { expect, test } from "vitest";
import { contentTag, environmentTags, gitTag, outdatedOf, removalOf } from "../../src/azure/image-tags.js";

const tags = (...pairs: string[]) =>
  pairs.map((pair) => {
    const [name = "", digest = ""] = pair.split(" ");
    return { name, digest };
  });

test.each([
  ["nothing of ours", tags("env-bob 1", "git-1 1"), { untag: [], delete: [] }],
  [
    "an image of its own goes with its names",
    tags("env-alice 1", "git-1 1", "content-1 1"),
    { untag: [], delete: ["1"] },
  ],
  ["an image of two stays", tags("env-alice 1", "env-bob 1"), { untag: ["env-alice"], delete: [] }],
  [
    "one that another had before stays",
    tags("env-alice 1", "env-bob.1 1", "env-bob 2"),
    { untag: ["env-alice"], delete: [] },
  ],
  ["every version goes", tags("env-alice 2", "env-alice.1 1", "env-alice.2 2"), { untag: [], delete: ["2", "1"] }],
  ["a longer name is another environment", tags("env-alice-2 1", "env-alice 2"), { untag: [], delete: ["2"] }],
  ["a name given by hand keeps it", tags("env-alice 1", "release 1"), { untag: ["env-alice"], delete: [] }],
])("when an environment goes: %s", (_, all, removal) => {
  expect(removalOf("alice", all)).toEqual(removal);
});

test.each([
  [
    "what is needed stays",
    tags("env-alice 2", "env-alice.1 1", "env-alice.2 2"),
    ["1", "2"],
    { untag: [], delete: [] },
  ],
  ["what is older goes", tags("env-alice 2", "env-alice.1 1", "git-1 1"), ["2"], { untag: [], delete: ["1"] }],
  [
    "another environment keeps it, and this one loses its name",
    tags("env-alice 2", "env-alice.1 1", "env-bob.1 1"),
    ["2"],
    { untag: ["env-alice.1"], delete: [] },
  ],
  [
    "the newest stays, though it never served",
    tags("env-alice 3", "env-alice.2 2", "env-alice.3 3"),
    ["2"],
    { untag: [], delete: [] },
  ],
])("while an environment lives: %s", (_, all, needed, removal) => {
  expect(outdatedOf("alice", all, new Set(needed))).toEqual(removal);
});

test("tags are what the registry admits, and a rendered Dockerfile counts as content", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const all = [gitTag("b".repeat(40)), contentTag("key", null), ...environmentTags("alice", digest)];
  for (const tag of all) expect(tag).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
  expect(all[3]).toBe("env-alice.aaaaaaaaaaaa");
  expect(contentTag("key", "FROM a")).not.toBe(contentTag("key", "FROM b"));
  expect(contentTag("key", null)).not.toBe(contentTag("other", null));
});
