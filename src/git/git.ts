import fs from "node:fs/promises";
import path from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import { EXIT, PaasError } from "../errors.js";
import { branchOf, defaultRefIn } from "./default-branch.js";

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
   * The default branch, as people name it: `main` or `origin/main`.
   * @throws PaasError `default-branch-missing`
   */
  defaultBranch(): Promise<string>;
  /**
   * The same as a full ref, which no tag or branch of that name can stand for: what was told when the repository was
   * opened, else origin's HEAD, else `main` or `master`, else the current branch.
   * @throws PaasError `default-branch-missing` when what was told is not here
   */
  defaultRef(): Promise<string>;
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
  /**
   * Names of all branches that a remote has now.
   * @throws PaasError `remote-unreadable`
   */
  remoteBranches(remote: string): Promise<string[]>;
  addRemote(name: string, url: string): Promise<void>;
};

/**
 * Opens the repository that `folder` lies in.
 * @param defaultBranch name of the default branch, where somebody says it (`PAAS_DEFAULT_BRANCH`)
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

/** What git says of a file that a revision does not have, and of a revision that is not here. */
const ABSENT = /does not exist in|exists on disk, but not in|invalid object name|bad revision|unknown revision/;

function gitOf(root: string, git: (...words: string[]) => Promise<string>, toldDefault = ""): Git {
  const tip = (revision: string) =>
    git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`).then(
      (text) => text || null,
      () => null,
    );

  const defaultRef = () => defaultRefIn(git, toldDefault);

  return {
    root,
    defaultRef,
    defaultBranch: async () => branchOf(await defaultRef()),
    currentBranch: async () => {
      const name = await git("symbolic-ref", "--quiet", "--short", "HEAD").catch(() => "");
      if (name) return name;
      throw new PaasError("detached-head", "HEAD is not on a branch, so there is no environment to take from it", {
        next: "name the environment (`paas up alice`), or check out its branch (`git switch env-alice`)",
        exit: EXIT.usage,
      });
    },
    branchTip: (branch) => tip(`refs/heads/${branch}`),
    commit: async (revision) => {
      const words = ["log", "-1", "--format=%H%x00%s%x00%an", "--end-of-options", `${revision}^{commit}`, "--"];
      const text = await git(...words).catch(() => {
        throw noCommit(revision);
      });
      const [sha = "", subject = "", author = ""] = text.split("\0");
      return { sha, subject, author };
    },
    dirty: async () => (await git("status", "--porcelain", "--untracked-files=normal")) !== "",
    show: (revision, file) =>
      git("show", "--end-of-options", `${revision}:${file}`).catch((error: unknown) => {
        if (ABSENT.test(String(error))) return null;
        throw error;
      }),
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
    remoteBranches: async (remote) => {
      const prefix = "refs/heads/";
      const text = await git("ls-remote", "--heads", "--", remote).catch((cause: unknown) => {
        throw remoteUnreadable(remote, cause);
      });
      const refs = text.split("\n").map((line) => line.split("\t")[1] ?? "");
      return refs.filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
    },
    addRemote: async (name, url) => {
      await git("remote", "add", name, url);
    },
  };
}

/**
 * The environment of a git child: the caller's, without what could lead git to another repository, program or setting.
 * simple-git starts nothing while one of these is set.
 */
export function gitEnvironment(variables: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const foreign = (name: string) => /^(git_.*|editor|visual|pager|ssh_askpass|prefix)$/i.test(name);
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

function remoteUnreadable(remote: string, cause: unknown): PaasError {
  const [first = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return new PaasError("remote-unreadable", `the branches of remote ${remote} could not be read`, {
    details: [first],
    next: `\`git ls-remote --heads ${remote}\` shows what is wrong`,
    cause,
  });
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
