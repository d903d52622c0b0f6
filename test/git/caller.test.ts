import { afterEach, expect, test, vi } from "vitest";
import { openGit } from "../../src/git/git.js";
import { gitRepo } from "../helpers/repository.js";

afterEach(() => void vi.unstubAllEnvs());

test.each(["GIT_DIR", "EDITOR", "VISUAL", "PAGER", "SSH_ASKPASS", "PREFIX", "prefix"])(
  "%s of whoever runs paas leads git nowhere else",
  async (name) => {
    const { folder } = gitRepo({ "a.txt": "" });
    vi.stubEnv(name, "/nowhere");
    const git = await openGit(folder);
    expect(git.root).toBe(folder);
    expect(await git.currentBranch()).toBe("main");
  },
);
