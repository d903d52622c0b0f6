import fs from "node:fs/promises";
import path from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import { EXIT, PaasError } from "../errors.js";

/** A commit that an environment is made of. */
export type Commit = { sha: string; subject: string; author: string };

/**
 * Git by intent, over one repository. Reads nothing but the repository: every `GIT_*` variable, editor and pager of
 * the caller is dropped, so that a hook or an IDE cannot lead it elsewhere.
 */
export type Git = {
  /** Top folder of the working tree. */
  root: string;
  /** The checked-out branch; throws `detached-head` when there is none. */
  currentBranch(): Promise<string>;
  /**
   * The branch that GitHub calls default: the one that was told, origin's HEAD, else `main` or `master`, else the
   * current one. With `origin/` before it where only the remote's is meant.
   */
  defaultBranch(): Promise<string>;
  /** The tip of a local branch, or null. */
  branchTip(branch: string): Promise<string | null>;
  commit(revision: string): Promise<Commit>;
  /** True when a tracked file differs from HEAD or an untracked one is not ignored. */
  dirty(): Promise<boolean>;
  /** Text of a file at a revision, or null when it is not there. */
  show(revision: string, file: string): Promise<string | null>;
  /** Writes every file of a commit, exactly as committed, into `folder`; export-ignore does not apply. */
  exportTree(sha: string, folder: string): Promise<void>;
  remotes(): Promise<Record<string, string>>;
  addRemote(name: string, url: string): Promise<void>;
};

/**
 * Opens the repository that `folder` lies in.
 * @param defaultBranch its name where somebody has told it, as workflows do: a checkout of one branch cannot know
 * @throws PaasError `not-a-repository`
 */
export async function openGit(folder: string, defaultBranch?: string): Promise<Git> {
  const root = await topFolder(folder);
  return gitOf(root, run(root), defaultBranch);
}

/** A bare repository, or any folder with git objects, as a place to read commits from. */
export function openObjects(folder: string): Git {
  return gitOf(folder, run(folder));
}

function gitOf(root: string, git: (...words: string[]) => Promise<string>, told?: string): Git {
  const tip = (revision: string) =>
    git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`).then(
      (text) => text || null,
      () => null,
    );

  return {
    root,
    currentBranch: async () => {
      const name = await git("symbolic-ref", "--quiet", "--short", "HEAD").catch(() => "");
      if (name) return name;
      throw new PaasError("detached-head", "HEAD is not on a branch, so there is no environment to take from it", {
        next: "name the environment (`paas up alice`), or check out its branch (`git switch env-alice`)",
        exit: EXIT.usage,
      });
    },
    defaultBranch: async () => {
      if (told && (await tip(`refs/remotes/origin/${told}`))) return `origin/${told}`;
      if (told && (await tip(`refs/heads/${told}`))) return told;
      const head = await git("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").catch(() => "");
      if (head) return head;
      for (const name of ["main", "master"]) if (await tip(`refs/heads/${name}`)) return name;
      return git("symbolic-ref", "--quiet", "--short", "HEAD").catch(() => "HEAD");
    },
    branchTip: (branch) => tip(`refs/heads/${branch}`),
    commit: async (revision) => {
      const sha = await tip(revision);
      if (!sha) throw noCommit(revision);
      const [subject = "", author = ""] = (await git("log", "-1", "--format=%s%x00%an", sha)).split("\0");
      return { sha, subject, author };
    },
    dirty: async () => (await git("status", "--porcelain", "--untracked-files=normal")) !== "",
    show: (revision, file) => git("show", "--end-of-options", `${revision}:${file}`).catch(() => null),
    exportTree: async (sha, folder) => {
      await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      const index = path.join(folder, "..", `${path.basename(folder)}.index`);
      const withIndex = run(root, { GIT_INDEX_FILE: index });
      try {
        await withIndex("read-tree", sha);
        // The work tree is named because a bare repository has none; git then writes there and nowhere else.
        await withIndex(`--work-tree=${folder}`, "-c", "core.autocrlf=false", "checkout-index", "--all", "--force");
      } finally {
        await fs.rm(index, { force: true });
      }
    },
    remotes: async () => {
      const lines = (await git("remote", "--verbose")).split("\n").filter((line) => line.endsWith("(fetch)"));
      return Object.fromEntries(lines.map((line) => line.replace(/ \(fetch\)$/, "").split("\t") as [string, string]));
    },
    addRemote: async (name, url) => {
      await git("remote", "add", name, url);
    },
  };
}

/** The environment of a git child: the caller's, without what could lead git to another repository or program. */
export function gitEnvironment(variables: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const foreign = (name: string) => name.startsWith("GIT_") || ["EDITOR", "VISUAL", "PAGER"].includes(name);
  const kept = Object.entries(variables).filter(([name, value]) => value !== undefined && !foreign(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

function run(folder: string, extra: Record<string, string> = {}): (...words: string[]) => Promise<string> {
  const git: SimpleGit = simpleGit({
    baseDir: folder,
    trimmed: true,
    allowEnvironment: ["GIT_INDEX_FILE", "GIT_TERMINAL_PROMPT"],
    // `--work-tree` names a folder that this module has made itself.
    unsafe: { allowUnsafeConfigPaths: true },
    timeout: { block: 60_000 },
  }).env({ ...gitEnvironment(), ...extra });
  return (...words) => git.raw(words);
}

async function topFolder(folder: string): Promise<string> {
  try {
    return await run(folder)("rev-parse", "--show-toplevel");
  } catch (cause) {
    if (/ENOENT.*git|spawn git/.test(String(cause))) {
      throw new PaasError("git-missing", "git is not on PATH", { next: "install git 2.30 or newer", cause });
    }
    throw new PaasError("not-a-repository", `${folder} is not inside a git repository`, {
      next: "run `git init` first, or name the folder with -C <folder>",
      exit: EXIT.usage,
      cause,
    });
  }
}

function noCommit(revision: string): PaasError {
  if (revision === "HEAD") {
    return new PaasError("no-commit", "this repository has no commit yet, and an environment is made of a commit", {
      next: 'commit first: `git add --all && git commit -m "Start"`',
      exit: EXIT.usage,
    });
  }
  return new PaasError("no-such-commit", `there is no commit ${revision}`, {
    next: "see `git branch --list` and `git log`",
    exit: EXIT.usage,
  });
}
