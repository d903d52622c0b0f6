import { expect, test } from "vitest";
import { openGit } from "../../src/git/git.js";
import { gitRepo, temporaryFolder } from "../helpers/repository.js";

test("the default branch that a workflow tells is the remote's, also where another branch is checked out", async () => {
  const origin = gitRepo({ "a.txt": "1" });
  origin.git("branch", "--move", "main", "trunk");
  origin.git("branch", "env-alice");
  const folder = temporaryFolder("clone-");
  origin.git("clone", "--quiet", "--branch", "env-alice", origin.folder, folder);
  origin.git("-C", folder, "remote", "set-head", "origin", "--delete");

  expect(await (await openGit(folder)).defaultBranch()).toBe("env-alice");
  expect(await (await openGit(folder, "trunk")).defaultBranch()).toBe("origin/trunk");
  expect(await (await openGit(origin.folder, "trunk")).defaultBranch()).toBe("trunk");
  expect(await (await openGit(folder, "gone")).defaultBranch()).toBe("env-alice");
});
