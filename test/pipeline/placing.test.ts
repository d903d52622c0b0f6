import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Git, openGit } from "../../src/git/git.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { placingManifest } from "../../src/pipeline/source.js";
import { wireTools } from "../../src/tools.js";
import { gitRepo, type Repository } from "../helpers/repository.js";

const BARE = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node, port: 3000 }
`;
const platformIn = (account: string) => `${BARE}platform:
  tenant: 11111111-2222-4333-8444-555555555555
  subscription: aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee
  stateAccount: ${account}
`;
const WORKFLOW = { GITHUB_ACTIONS: "true" };

let repository: Repository;
let git: Git;
let later: (() => unknown)[];
beforeEach(async () => {
  later = [];
  repository = gitRepo({ "paas.yaml": BARE }, { removeAfter: (work) => later.push(work) });
  git = await openGit(repository.folder);
});
afterEach(() => {
  for (const work of later) work();
});

const commit = (text: string) => {
  repository.write({ "paas.yaml": text });
  repository.commit("change");
};
const placing = (own: string, variables = {}) => placingManifest(git, requireManifest(own, "paas.yaml"), variables);

/** Closed doors to the world: the branch's word alone decides that it is Azure, and is not followed any further. */
test("a workflow whose branch alone names a platform is not deployed anywhere", async () => {
  repository.git("switch", "--quiet", "--create", "env-evil");
  commit(platformIn("stevil"));
  const tools = wireTools({ directory: repository.folder }, WORKFLOW, new AbortController().signal);
  expect(await tools.cloudName()).toBe("azure");
  await expect(tools.cloud()).rejects.toMatchObject({
    code: "not-bootstrapped",
    details: [expect.stringContaining("default branch")],
  });
});

describe("where environments live, and so where tokens are sent,", () => {
  test("is what the default branch says, whatever a pushed branch makes of it", async () => {
    commit(platformIn("stshop"));
    for (const own of [platformIn("stevil"), BARE, BARE.replace("name: shop", "name: evil")]) {
      for (const variables of [{}, WORKFLOW]) {
        const { platform, name } = await placing(own, variables);
        expect([platform?.stateAccount, name]).toEqual(["stshop", "shop"]);
      }
    }
  });

  test("may be said by a person's working tree until the default branch says it, and never by a branch in a workflow", async () => {
    expect((await placing(platformIn("stnew"))).platform?.stateAccount).toBe("stnew");
    expect((await placing(platformIn("stevil"), WORKFLOW)).platform).toBeNull();
  });

  test("is nobody's word in a workflow where the default branch has no paas.yaml", async () => {
    repository.git("rm", "--quiet", "paas.yaml");
    repository.git("commit", "--quiet", "--message=Without a manifest");
    expect((await placing(platformIn("stevil"), WORKFLOW)).platform).toBeNull();
    expect((await placing(platformIn("stnew"))).platform?.stateAccount).toBe("stnew");
  });
});
