import { beforeEach, expect, test } from "vitest";
import { removeImages } from "../../src/azure/image-removal.js";
import { removalOf } from "../../src/azure/image-tags.js";

const PLACE = "shop/web";

/** A repository in memory: what its tags stand for, and which parts each manifest has. */
let tags: Map<string, string>;
let manifests: Map<string, string[]>;
/** What others do while manifests are read. */
let meanwhile: () => void;
let atOnce: { now: number; most: number };

beforeEach(() => {
  tags = new Map(Object.entries({ "env-alice": "old", "git-1": "old", "content-1": "old" }));
  manifests = new Map(Object.entries({ old: ["shared", "own"], shared: [], own: [] }));
  meanwhile = () => {};
  atOnce = { now: 0, most: 0 };
});

const registry = {
  tags: async () => [...tags].map(([name, digest]) => ({ name, digest })),
  untag: async (_: string, name: string) => tags.delete(name),
  manifest: async (_: string, digest: string) => {
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    await new Promise(setImmediate);
    atOnce.now -= 1;
    meanwhile();
    const parts = manifests.get(digest)?.map((part) => ({ digest: part }));
    return parts ? { digest, type: "", text: JSON.stringify({ manifests: parts }) } : null;
  },
  delete: async (_: string, digest: string) => {
    for (const [name, of] of tags) if (of === digest) tags.delete(name);
    return manifests.delete(digest);
  },
};
const remove = () => removeImages((all) => removalOf("alice", all), PLACE, registry);
const left = () => [...manifests.keys()];

test("an image goes with its parts", async () => {
  expect(await remove()).toBe(1);
  expect(left()).toEqual([]);
});

test("one that another environment takes meanwhile stays whole, and only loses the names of this one", async () => {
  meanwhile = () => tags.set("env-bob", "old");
  expect(await remove()).toBe(0);
  expect(left()).toEqual(["old", "shared", "own"]);
  expect([...tags.keys()]).toEqual(["git-1", "env-bob"]);
});

test("parts stay that an image has which is pushed meanwhile", async () => {
  meanwhile = () => {
    tags.set("env-bob", "new");
    manifests.set("new", ["shared"]);
  };
  expect(await remove()).toBe(1);
  expect(left()).toEqual(["shared", "new"]);
});

test("the registry is not asked for everything at once", async () => {
  for (let index = 0; index < 50; index++) tags.set(`env-e${index}`, `other${index}`);
  expect(await remove()).toBe(1);
  expect(atOnce.most).toBe(8);
});
