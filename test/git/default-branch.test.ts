import { describe, expect, test } from "vitest";
import { subjectOf } from "../../src/commands/subject.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { openGit } from "../../src/git/git.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { findSource } from "../../src/pipeline/source.js";
import { gitRepo, type Repository, temporaryFolder } from "../helpers/repository.js";

const MANIFEST = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node }
`;
/** A branch that would like to be production, and removable. */
const HOSTILE = `${MANIFEST}environments:
  mallory: { tier: prod, protected: false }
`;

/** What a workflow has checked out of a repository whose `env-mallory` is hostile. */
function checkout(...clone: string[]): Repository {
  const origin = gitRepo({ "paas.yaml": MANIFEST });
  origin.git("switch", "--quiet", "--create", "env-mallory");
  origin.write({ "paas.yaml": HOSTILE });
  origin.commit("hostile");
  const folder = temporaryFolder("checkout-");
  origin.git("clone", "--quiet", "--branch", "env-mallory", ...clone, `file://${origin.folder}`, folder);
  const git = (...words: string[]) => origin.git("-C", folder, ...words);
  // As actions/checkout leaves it.
  git("symbolic-ref", "--delete", "refs/remotes/origin/HEAD");
  return { ...origin, folder, git };
}

async function environmentOf(folder: string) {
  const git = await openGit(folder, "main");
  const { manifest, trusted, branch } = await findSource(git, git, "env-mallory", null);
  return describeEnvironment({ manifest, trusted, branch, generation: 0, subscriptionId: "x" });
}

describe("PAAS_DEFAULT_BRANCH", () => {
  test("a hostile branch does not decide its own tier and protection", async () => {
    const { folder } = checkout();
    expect(await (await openGit(folder, "main")).defaultBranch()).toBe("origin/main");
    expect(await environmentOf(folder)).toMatchObject({ tier: "nonprod", protected: false, kind: "branch" });
  });

  test("nor when only it was fetched: that is an error, and says how to fetch the other", async () => {
    const { folder, git } = checkout("--single-branch");
    const refused = { code: "default-branch-missing", exit: 2, next: expect.stringContaining("fetch-depth: 0") };
    await expect(environmentOf(folder)).rejects.toMatchObject(refused);
    const opened = await openGit(folder, "main");
    const tools = {
      git: async () => opened,
      manifest: async () => requireManifest(HOSTILE, "paas.yaml"),
      variables: { PAAS_ENV: "mallory" },
      actions: async () => null,
    };
    await expect(subjectOf(undefined, tools)).rejects.toMatchObject(refused);
    // The command that the error names.
    git("fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main");
    expect(await environmentOf(folder)).toMatchObject({ tier: "nonprod" });
  });

  test("nor by a tag or a branch that is named like the default one", async () => {
    const { folder, git } = checkout();
    git("tag", "main", "HEAD");
    git("tag", "origin/main", "HEAD");
    git("branch", "--quiet", "--no-track", "main", "HEAD");
    expect(await environmentOf(folder)).toMatchObject({ tier: "nonprod" });
  });

  test("is the local branch where it is checked out, or where nothing was fetched", async () => {
    const { folder, git } = checkout();
    git("switch", "--quiet", "--create", "main", "origin/main");
    expect(await (await openGit(folder, "main")).defaultRef()).toBe("refs/heads/main");
    const alone = gitRepo({ "paas.yaml": MANIFEST });
    alone.git("switch", "--quiet", "--create", "env-alice");
    expect(await (await openGit(alone.folder, "main")).defaultRef()).toBe("refs/heads/main");
  });

  test("unset or empty, origin's own word holds, then main", async () => {
    const { folder, git } = checkout();
    for (const unset of [undefined, ""]) {
      expect(await (await openGit(folder, unset)).defaultBranch()).toBe("env-mallory");
    }
    git("remote", "set-head", "origin", "main");
    expect(await (await openGit(folder)).defaultBranch()).toBe("origin/main");
  });
});

test("the branches of a remote are read by their whole names", async () => {
  const origin = gitRepo({ "a.txt": "" });
  for (const branch of ["env-alice", "env-feature/x"]) origin.git("branch", branch);
  const here = gitRepo({ "a.txt": "" });
  here.git("remote", "add", "origin", origin.folder);
  const git = await openGit(here.folder);
  expect(await git.remoteBranches("origin")).toEqual(["env-alice", "env-feature/x", "main"]);
  await expect(git.remoteBranches("nowhere")).rejects.toMatchObject({ code: "remote-unreadable" });
});
