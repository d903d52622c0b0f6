import { createHash } from "node:crypto";
import type { Environment } from "./environment.js";

/** Azure's limit for the value of a tag, in characters. */
const MAX_VALUE = 256;

/** Tags by which anything of ours is found; Terraform sets them and they never change. */
export const TAG = {
  projectId: "paas-project-id",
  project: "paas-project",
  environment: "paas-env",
  kind: "paas-kind",
  tier: "paas-tier",
  generation: "paas-generation",
  branch: "paas-branch",
  branchSha: "paas-branch-sha",
} as const;

type Tags = Record<string, string | undefined>;

/** The constant tags of an environment. */
export function environmentTags(
  environment: Pick<Environment, "project" | "envId" | "kind" | "tier" | "generation" | "branch">,
): Record<string, string> {
  return {
    [TAG.projectId]: environment.project.id,
    [TAG.project]: environment.project.name,
    [TAG.environment]: environment.envId,
    [TAG.kind]: environment.kind,
    [TAG.tier]: environment.tier,
    [TAG.generation]: String(environment.generation),
    [TAG.branch]: percentEncoded(environment.branch, MAX_VALUE),
    [TAG.branchSha]: branchSha(environment.branch),
  };
}

/** 16 hex digits that tell two branches apart even where their ids collide. */
export function branchSha(branch: string): string {
  return createHash("sha256").update(branch, "utf8").digest("hex").slice(0, 16);
}

/** Whose a tagged resource group is, as seen from an environment. */
export type Ownership = "ours" | "foreign" | "other-branch";

/**
 * `ours` by project, environment and branch; `other-branch` when another branch of this project has the same id;
 * `foreign` otherwise. Keys compare without regard to case, as Azure does.
 */
export function ownership(tags: Tags | undefined, environment: Pick<Environment, "tags">): Ownership {
  const theirs = lowerKeys(tags ?? {});
  const same = (tag: string) => theirs[tag] !== undefined && theirs[tag] === environment.tags[tag];
  if (!same(TAG.projectId) || !same(TAG.environment)) return "foreign";
  return same(TAG.branchSha) ? "ours" : "other-branch";
}

export function isOurs(tags: Tags | undefined, environment: Pick<Environment, "tags">): boolean {
  return ownership(tags, environment) === "ours";
}

/** Whether all of these tags are there with these values. Keys compare without regard to case, as Azure does. */
export function carries(tags: Tags | undefined, wanted: Record<string, string>): boolean {
  const theirs = lowerKeys(tags ?? {});
  return Object.entries(wanted).every(([tag, value]) => theirs[tag] === value);
}

/** The branch that a group's tags name, as far as it fitted; null when they name none. */
export function taggedBranch(tags: Tags | undefined): string | null {
  const encoded = lowerKeys(tags ?? {})[TAG.branch];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** UTF-8 in which only letters, digits and `-._~` stand for themselves, cut between characters. */
export function percentEncoded(text: string, limit: number): string {
  let encoded = "";
  for (const character of text) {
    const next = /[\w.~-]/.test(character) ? character : escapes(character);
    if (encoded.length + next.length > limit) break;
    encoded += next;
  }
  return encoded;
}

function escapes(character: string): string {
  const bytes = [...Buffer.from(character, "utf8")];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

function lowerKeys(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
}
