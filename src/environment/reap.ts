import { fixedEnvironments, policyFor } from "../manifest/environments.js";
import type { Manifest } from "../manifest/manifest.js";
import { isPreviewId } from "../naming/envId.js";
import { branchSha } from "./tags.js";

/** An environment as record and tags tell it. */
export type Present = {
  envId: string;
  /** null when nothing tells it. */
  branch: string | null;
  /** 16 hex digits of the branch's sha256: a tag may hold only the beginning of the branch. null when nothing tells it. */
  branchSha: string | null;
  kind: string;
  tier: string;
  status: string;
  /** RFC 3339; null = never. */
  expires: string | null;
  /** When something last changed about it, RFC 3339; null = not known. */
  changedAt: string | null;
};

/** What there is to have an environment for. */
export type Refs = {
  /** All branches. */
  branches: readonly string[];
  /** Numbers of the open pull requests that want a preview; null where nobody can tell. */
  previews: readonly number[] | null;
  /** Where that was read, for people: `at GitHub`, `in remote local`. */
  where: string;
};

export type Verdict = Pick<Present, "envId" | "branch"> & {
  action: "remove" | "keep";
  reason: "gone" | "expired" | "protected" | "wanted" | "unknown";
  /** The same in words. */
  why: string;
};

/**
 * Whether an environment is left over: its branch or pull request is gone, or its time is up. One that is fixed or
 * protected, or was when it was made, is not, whatever else is true of it.
 */
export function judge(environment: Present, refs: Refs, trusted: Manifest, now: Date): Verdict {
  const { envId, branch, expires } = environment;
  const verdict = (action: Verdict["action"], reason: Verdict["reason"], why: string): Verdict => {
    return { envId, branch, action, reason, why };
  };
  const protection = protectionOf(environment, trusted);
  if (protection !== null) return verdict("keep", "protected", protection);
  const source = isPreviewId(envId) ? previewSource(envId, refs) : branchSource(environment, refs);
  if (source.is === "gone") return verdict("remove", "gone", source.why);
  if (expires !== null && new Date(expires) <= now)
    return verdict("remove", "expired", `its time was up at ${expires}`);
  return verdict("keep", source.is === "there" ? "wanted" : "unknown", source.why);
}

/** Oldest first; those whose age nobody knows come first. */
export function byAge(one: Present, other: Present): number {
  return (one.changedAt ?? "").localeCompare(other.changedAt ?? "") || one.envId.localeCompare(other.envId);
}

/** So many may always go at once: a share of two environments says nothing. */
export const ALWAYS_ALLOWED = 3;

/**
 * How many environments may go at once.
 * @param share percent of those that are neither fixed nor protected
 */
export function mostAtOnce(verdicts: readonly Verdict[], share: number): number {
  const open = verdicts.filter(({ reason }) => reason !== "protected").length;
  return Math.max(ALWAYS_ALLOWED, Math.floor((open * share) / 100));
}

/** Why an environment is never removed; null = nothing protects it. Either word suffices: branch's or record's. */
function protectionOf({ envId, branch, kind, tier }: Present, trusted: Manifest): string | null {
  const fixed = fixedEnvironments(trusted);
  const policy = policyFor(trusted, envId);
  if (fixed.some((one) => one.envId === envId || one.branch === branch)) return "it is a fixed environment";
  if (policy.protected) return "it is protected";
  if (kind === "fixed") return "it was made as a fixed environment";
  if (policy.tier === "prod" || tier === "prod") return "it is production";
  return null;
}

type Source = { is: "there" | "gone" | "unknown"; why: string };

function previewSource(envId: string, { previews, where }: Refs): Source {
  const number = Number(envId.slice("pr-".length));
  if (previews === null) return { is: "unknown", why: `pull requests are not known ${where}` };
  return previews.includes(number)
    ? { is: "there", why: `pull request ${number} is open and wants it` }
    : { is: "gone", why: `pull request ${number} is closed, or has its label no more` };
}

function branchSource({ branch, branchSha: sha }: Present, { branches, where }: Refs): Source {
  if (sha === null || sha === "") return { is: "unknown", why: "nothing tells which branch it belongs to" };
  const there = branches.some((name) => branchSha(name) === sha);
  const name = branch ?? "its branch";
  return there
    ? { is: "there", why: `branch ${name} is there` }
    : { is: "gone", why: `branch ${name} is not ${where}` };
}
