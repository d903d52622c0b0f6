import { EXIT, PaasError } from "../errors.js";
import { branchOf } from "../git/default-branch.js";
import type { Commit, Git } from "../git/git.js";
import { isActions } from "../github/context.js";
import type { Manifest } from "../manifest/manifest.js";
import { requireManifest } from "../manifest/parse.js";
import { shellWord } from "../ui/wording.js";

/** A commit of an environment's branch, with the two manifests that decide what becomes of it. */
export type Source = {
  branch: string;
  commit: Commit;
  /** Where the commit's files are read from. */
  objects: Git;
  /** `paas.yaml` of the commit. */
  manifest: Manifest;
  /** `paas.yaml` of the default branch: branch, tier and protection of fixed environments are read from it alone. */
  trusted: Manifest;
};

/**
 * Finds the commit that an environment is made of: `revision` when told, else the tip of the local branch, else HEAD
 * when the branch is checked out. Never the working tree.
 */
export async function findSource(git: Git, objects: Git, branch: string, revision: string | null): Promise<Source> {
  const commit = await objects.commit(revision ?? (await tipOf(git, branch)));
  const manifest = await manifestOf(objects, commit.sha, branch);
  return { branch, commit, objects, manifest, trusted: await trustedManifest(git, manifest) };
}

/** The manifest that speaks for a project when a branch is pushed; what is checked out meanwhile plays no part. */
export async function pushedManifest(git: Git, objects: Git, sha: string): Promise<Manifest> {
  return (await defaultManifest(git)) ?? manifestOf(objects, sha, null);
}

async function manifestOf(objects: Git, sha: string, branch: string | null): Promise<Manifest> {
  const text = await objects.show(sha, "paas.yaml");
  if (text !== null) return requireManifest(text, "paas.yaml");
  const which = `commit ${sha.slice(0, 8)}${branch === null ? "" : ` of ${branch}`}`;
  throw new PaasError("manifest-missing", `${which} has no paas.yaml`, {
    next: "`paas init`, then commit what it writes",
    exit: EXIT.usage,
  });
}

/** The default branch's manifest; in a repository that has none there yet, `fallback`. */
export async function trustedManifest(git: Git, fallback: Manifest): Promise<Manifest> {
  return (await defaultManifest(git)) ?? fallback;
}

/**
 * The manifest that says where environments live: that of the default branch, since tokens are sent to the places that
 * it names. Until its `platform:` is there, a person's working tree may say it, as `paas bootstrap` has just written it;
 * what was pushed to a workflow may not.
 */
export async function placingManifest(git: Git, own: Manifest, variables: NodeJS.ProcessEnv): Promise<Manifest> {
  const trusted = await defaultManifest(git);
  if (!trusted) return isActions(variables) ? { ...own, platform: null } : own;
  if (trusted.platform || !own.platform || isActions(variables)) return trusted;
  return { ...trusted, platform: own.platform };
}

async function defaultManifest(git: Git): Promise<Manifest | null> {
  const ref = await git.defaultRef();
  const text = await git.show(ref, "paas.yaml");
  return text === null ? null : requireManifest(text, `paas.yaml (${branchOf(ref)})`);
}

async function tipOf(git: Git, branch: string): Promise<string> {
  const tip = await git.branchTip(branch);
  if (tip) return tip;
  const current = await git.currentBranch();
  if (current === branch) return "HEAD";
  throw new PaasError("no-such-branch", `there is no local branch ${branch}`, {
    next: `create it (\`git branch ${shellWord(branch)}\`), or name a commit with --commit`,
    exit: EXIT.notFound,
  });
}
