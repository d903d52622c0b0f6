import { EXIT, PaasError } from "../errors.js";
import type { FixedEnvironment } from "../manifest/manifest.js";
import { idHash } from "./hash.js";

/** What turns a branch into an id besides the branch: the project, and the branches with ids of their own. */
export type Naming = {
  projectId: string;
  /** From the default branch's manifest. */
  fixed: readonly Pick<FixedEnvironment, "envId" | "branch">[];
};

/** Begins the branch of every environment that is neither fixed nor a preview. */
export const BRANCH_PREFIX = "env-";

export const MAX_ID = 16;
const MAX_SLUG = 7;

/** `pr-<number>`; seven digits, so that no preview id has the shape of a hashed one. */
const PREVIEW = /^pr-[1-9][0-9]{0,6}$/;
const CLEAN = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const HASH_SHAPED = /-[2-7][a-z2-7]{7}$/;
const RESERVED_START = /^(?:env-|pr-[0-9])/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
/** Their resource group or state would have the name of the platform's. */
const PLATFORM = /^platform(?:-|$)/;

/**
 * The environment id of a branch: the name after `env-` when it is a clean slug that nothing else uses, the bare id of
 * a fixed environment, `pr-<number>` of a preview; otherwise up to 7 characters of slug and an 8-character hash of
 * project and branch. Two branches never share an id but by a hash collision, which the branch's own hash in the tags
 * tells apart.
 * @throws PaasError `branch-name-empty`, `branch-not-an-environment` (exit 2)
 */
export function envIdOf(branch: string, naming: Naming): string {
  const fixed = naming.fixed.find((environment) => environment.branch === branch);
  if (fixed) return fixed.envId;
  if (isPreviewId(branch)) return branch;

  const name = nameAfterPrefix(branch);
  const taken = naming.fixed.some((environment) => environment.envId === name);
  return isCleanId(name) && !taken ? name : `${leadingSlug(name)}-${idHash([naming.projectId, branch])}`;
}

/** True for an id that a branch may have as it is, without a hash. */
export function isCleanId(name: string): boolean {
  return (
    name.length <= MAX_ID &&
    CLEAN.test(name) &&
    !HASH_SHAPED.test(name) &&
    !RESERVED_START.test(name) &&
    !DEVICE.test(name) &&
    !PLATFORM.test(name)
  );
}

export function isPreviewId(name: string): boolean {
  return PREVIEW.test(name);
}

/** True for anything that can be the id of an environment: clean, hashed or a preview's. */
export function isEnvId(name: string): boolean {
  return isCleanId(name) || isPreviewId(name) || isHashedId(name);
}

function isHashedId(name: string): boolean {
  return name.length <= MAX_ID && CLEAN.test(name) && HASH_SHAPED.test(name) && !name.startsWith(BRANCH_PREFIX);
}

/**
 * Reads the environment that a person named on the command line: an id, or with the prefix `env-` a branch.
 * `branch` is null when the id alone does not tell it (a hashed id; the environment's record knows).
 * @throws PaasError `environment-name-invalid`, `branch-name-empty` (exit 2)
 */
export function environmentFromArgument(argument: string, naming: Naming): { envId: string; branch: string | null } {
  if (argument.startsWith(BRANCH_PREFIX)) return { envId: envIdOf(argument, naming), branch: argument };

  const fixed = naming.fixed.find((environment) => environment.envId === argument);
  if (fixed) return { envId: fixed.envId, branch: fixed.branch };
  if (isPreviewId(argument)) return { envId: argument, branch: argument };
  if (isCleanId(argument)) return { envId: argument, branch: `${BRANCH_PREFIX}${argument}` };
  if (isHashedId(argument)) return { envId: argument, branch: null };
  throw new PaasError("environment-name-invalid", `${JSON.stringify(argument)} is not the name of an environment`, {
    details: ["an environment is named by its id (alice) or by its branch (env-alice)"],
    next: "see `paas ls`, or `paas name <branch>` for the id of a branch",
    exit: EXIT.usage,
  });
}

function nameAfterPrefix(branch: string): string {
  if (!branch.startsWith(BRANCH_PREFIX)) {
    throw new PaasError("branch-not-an-environment", `branch ${JSON.stringify(branch)} is not an environment's`, {
      details: ["environments are branches that begin with env-, and those that paas.yaml lists under environments"],
      next: "`git switch -c env-<name>`, or name an environment",
      exit: EXIT.usage,
    });
  }
  if (branch === BRANCH_PREFIX) {
    throw new PaasError("branch-name-empty", "branch env- has no name after the prefix", {
      next: "give it one: `git branch -m env- env-<name>`",
      exit: EXIT.usage,
    });
  }
  return branch.slice(BRANCH_PREFIX.length);
}

/**
 * Up to 7 readable characters, beginning with a letter: `e` stands where there are none. A repeated prefix goes, for
 * an id that began with `env-` would read as a branch on the command line.
 */
function leadingSlug(name: string): string {
  const slug = slugOf(name).replace(/^(?:env(?:-|$))+/, "");
  const lettered = /^[a-z]/.test(slug) ? slug : `e-${slug}`;
  return lettered.slice(0, MAX_SLUG).replace(/-+$/, "");
}

/** Lower-case ASCII letters and digits, everything else one dash; accents are dropped, not their letters. */
export function slugOf(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
