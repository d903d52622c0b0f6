import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { EXIT, PaasError } from "../../../errors.js";
import { gitEnvironment } from "../../../git/git.js";
import type { EventCommits, EventRequest } from "../event.js";

const execute = promisify(execFile);

/**
 * The repository as GitHub would have it: a private bare copy, so that merges, deleted branches and whatever steps
 * push never touch the one that is rehearsed.
 */
export type Origin = {
  folder: string;
  /** Commits of an event; makes the merge of a pull request and takes deleted branches away. */
  receive(request: EventRequest, defaultBranch: string): Promise<EventCommits>;
  workflowFiles(commit: string): Promise<{ path: string; text: string }[]>;
  branches(): Promise<{ name: string; sha: string }[]>;
};

/** What is rehearsed: a repository, or a bare one that was pushed to from it. */
export type Rehearsed = { repository: string; pushedTo: string | null; defaultBranch: string };

/** Copies the repository into `<scratch>/origin.git`; the objects are shared, not copied. */
export async function copyRepository(rehearsed: Rehearsed, scratch: string): Promise<Origin> {
  const folder = path.join(scratch, "origin.git");
  const from = path.resolve(rehearsed.pushedTo ?? rehearsed.repository);
  await git(scratch, ["clone", "--quiet", "--bare", "--shared", "--template=", "--", from, folder]);
  await addDefaultBranch(folder, rehearsed);
  // What `actions/checkout` does: it asks for the one commit of the event.
  await git(folder, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  return originAt(folder);
}

/** The default branch may never have been pushed here, and in a clone it may be there only as that of its remote. */
async function addDefaultBranch(folder: string, { repository, defaultBranch }: Rehearsed): Promise<void> {
  const ref = `refs/heads/${defaultBranch}`;
  if ((await git(folder, ["for-each-ref", ref])) !== "") return;
  for (const source of [ref, `refs/remotes/origin/${defaultBranch}`]) {
    const fetched = await git(folder, ["fetch", "--quiet", path.resolve(repository), `+${source}:${ref}`]).then(
      () => true,
      () => false,
    );
    if (fetched) return;
  }
}

function originAt(folder: string): Origin {
  const run = (...words: string[]) => git(folder, words);
  const tryRun = (...words: string[]) => run(...words).catch(() => null);

  const commitOf = async (revision: string) => {
    const sha = await tryRun("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
    if (sha) return sha;
    throw new PaasError("no-such-commit", `there is no branch or commit ${revision.replace(/^refs\/heads\//, "")}`, {
      next: "see `git branch --list`; `git push` needs the branch to exist here too",
      exit: EXIT.usage,
    });
  };
  const branchTip = (branch: string) => commitOf(`refs/heads/${branch}`);
  const changed = async (from: string, to: string) => {
    const names = await tryRun("diff", "--name-only", "-z", from, to);
    return names === null ? null : names.split("\0").filter(Boolean);
  };
  const changedSince = async (other: string, head: string) => {
    const base = await tryRun("merge-base", other, head);
    return base === null ? null : changed(base, head);
  };

  const pushed = async (request: EventRequest & { kind: "push" }, defaultTip: string) => {
    const head = await commitOf(request.commit ?? `refs/heads/${request.branch}`);
    const ref = `refs/heads/${request.branch}`;
    await run("update-ref", ...(request.deletes ? ["-d", ref] : [ref, head]));
    const before = request.before === undefined ? null : await commitOf(request.before);
    const changedFiles = await (before === null ? changedSince(defaultTip, head) : changed(before, head));
    return { head, changedFiles, ...(before === null ? {} : { before }) };
  };
  const proposed = async (request: EventRequest & { kind: "pull-request" }, defaultBranch: string) => {
    const [head, base] = await Promise.all([branchTip(request.head), branchTip(request.base ?? defaultBranch)]);
    const merge = await mergeOf(run, base, head);
    if (merge !== null) await run("update-ref", `refs/pull/${request.number}/merge`, merge);
    if (merge !== null && request.merged) await run("update-ref", `refs/heads/${request.base ?? defaultBranch}`, merge);
    return { head, base, merge, changedFiles: await changedSince(base, head) };
  };

  return {
    folder,
    receive: async (request, defaultBranch) => {
      const defaultTip = await branchTip(defaultBranch);
      const untold = { defaultTip, head: defaultTip, base: defaultTip };
      const told = { ...untold, merge: null, changedFiles: null };
      if (request.kind === "delete") await run("update-ref", "-d", `refs/heads/${request.branch}`);
      if (request.kind === "push") Object.assign(told, await pushed(request, defaultTip));
      if (request.kind === "pull-request") Object.assign(told, await proposed(request, defaultBranch));
      if (request.kind === "dispatch") told.head = await branchTip(request.branch ?? defaultBranch);
      return { ...told, headMessage: await run("log", "-1", "--format=%B", told.head) };
    },
    workflowFiles: async (commit) => {
      const names = await run("ls-tree", "-z", "--name-only", commit, ".github/workflows/");
      const files = names.split("\0").filter((name) => /\.ya?ml$/.test(name));
      return Promise.all(
        files.map(async (name) => ({ path: name, text: `${await run("show", `${commit}:${name}`)}\n` })),
      );
    },
    branches: async () => {
      const lines = (await run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/")).split("\n");
      return lines.filter(Boolean).map((line) => {
        const [sha = "", ref = ""] = line.split(" ");
        return { name: ref.replace("refs/heads/", ""), sha };
      });
    },
  };
}

/** The commit that GitHub makes for a pull request; null when the two conflict. */
async function mergeOf(run: (...words: string[]) => Promise<string>, base: string, head: string) {
  const tree = await run("merge-tree", "--write-tree", base, head).catch((error: unknown) => {
    // It ends with 1 for conflicts, and with more for real trouble.
    if ((error as { code?: number }).code === 1) return null;
    throw error;
  });
  if (tree === null) return null;
  return run("commit-tree", tree, "-p", base, "-p", head, "-m", `Merge ${head} into ${base}`);
}

const AUTHOR = {
  GIT_AUTHOR_NAME: "GitHub",
  GIT_AUTHOR_EMAIL: "noreply@github.com",
  GIT_COMMITTER_NAME: "GitHub",
  GIT_COMMITTER_EMAIL: "noreply@github.com",
};

/** Runs git without the user's settings and hooks. */
export async function git(folder: string, words: string[]): Promise<string> {
  const env = { ...gitEnvironment(), ...AUTHOR, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const { stdout } = await execute("git", words, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, "");
}
