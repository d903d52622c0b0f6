import { BRANCH_PREFIX, isCleanId, isPreviewId } from "../naming/envId.js";
import { type FixedEnvironment, type Overlay, TIERS, type Tier } from "./manifest.js";
import { isPattern, mergeFor } from "./merge.js";
import type { Finding } from "./rules.js";

type WithOverlays = { overlays: readonly Overlay[] };

/** Ids that are fixed in every project, listed or not. */
const ALWAYS_FIXED = ["dev", "staging", "prod"];

const PATTERN = /^[a-z0-9*-]+$/;
const NOT_A_BRANCH = /^[-/]|[\s~^:?*[\\\p{Cc}]|\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[./]$/u;

/**
 * The environments with ids of their own and the branch that each follows: dev, staging, prod, and those whose entry
 * says which branch they follow, their tier or their protection. An entry that only changes settings leaves a branch
 * environment what it is. A branch that a listed one follows is taken from the three.
 */
export function fixedEnvironments(manifest: WithOverlays): FixedEnvironment[] {
  const listed = listedIds(manifest.overlays);
  const taken = new Set(listed.map((envId) => branchOf(manifest.overlays, envId)));
  const implied = ALWAYS_FIXED.filter((envId) => !listed.includes(envId) && !taken.has(`${BRANCH_PREFIX}${envId}`));
  return [...implied, ...listed].map((envId) => ({
    envId,
    branch: branchOf(manifest.overlays, envId),
    ...policyFor(manifest, envId),
  }));
}

/** Tier and protection of an environment; only the default branch's manifest may decide them. */
export function policyFor(manifest: WithOverlays, envId: string): Policy {
  const merged = mergeFor({}, manifest.overlays, envId);
  const fixed = ALWAYS_FIXED.includes(envId) || listedIds(manifest.overlays).includes(envId);
  const tier = TIERS.find((candidate) => candidate === merged.tier);
  return {
    tier: tier ?? (envId === "prod" ? "prod" : "nonprod"),
    protected: typeof merged.protected === "boolean" ? merged.protected : fixed,
  };
}

export type Policy = { tier: Tier; protected: boolean };

/** What is wrong with the overlays as such: their keys and the branches that they follow. */
export function overlayRules(overlays: readonly Overlay[]): Finding[] {
  return overlays.flatMap((overlay) => [
    ...keyRules(overlay.key),
    ...branchRules(overlay, overlays),
    ...lifetimeRules(overlay, overlays),
  ]);
}

function keyRules(key: string): Finding[] {
  if (isPattern(key) ? PATTERN.test(key) : isCleanId(key)) return [];
  return [{ paths: [["environments", key]], message: keyMessage(key), atKey: true }];
}

function keyMessage(key: string): string {
  const expected =
    "expected an id (1 to 16 of a-z, 0-9 and single dashes, beginning with a letter) or a pattern with *";
  if (key.startsWith(BRANCH_PREFIX)) return `environments are listed by id: write ${key.slice(4)} instead of ${key}`;
  if (isPreviewId(key)) return `previews have no settings of their own; use the pattern pr-*`;
  if (/-[2-7][a-z2-7]{7}$/.test(key))
    return "this id is made of a hash; give it a name of its own and the branch it follows";
  return expected;
}

function branchRules({ key, changes }: Overlay, overlays: readonly Overlay[]): Finding[] {
  const path = ["environments", key, "branch"];
  const branch = changes.branch;
  if (isPattern(key)) {
    if (branch === undefined) return [];
    return [{ paths: [path], message: "a pattern follows no branch; list the environment by its id" }];
  }
  if (typeof branch === "string") {
    if (NOT_A_BRANCH.test(branch) || branch === BRANCH_PREFIX || isPreviewId(branch)) {
      return [
        { paths: [path], message: `found ${JSON.stringify(branch)}, which cannot be the branch of an environment` },
      ];
    }
  }
  const followed = branchOf(overlays, key);
  const other = listedIds(overlays).find((envId) => branchOf(overlays, envId) === followed);
  if (other === undefined || other === key) return [];
  return [{ paths: [path], message: `branch ${followed} is already followed by environment ${other}` }];
}

/** A lifetime that would never be applied is refused rather than ignored. */
function lifetimeRules({ key, changes }: Overlay, overlays: readonly Overlay[]): Finding[] {
  if (isPattern(key) || typeof changes.ttl !== "string" || changes.ttl === "never") return [];
  if (!policyFor({ overlays }, key).protected) return [];
  const message = "a protected environment does not expire; say protected: false beside it, or ttl: never";
  return [{ paths: [["environments", key, "ttl"]], message }];
}

function branchOf(overlays: readonly Overlay[], envId: string): string {
  const branch = overlays.find((overlay) => overlay.key === envId)?.changes.branch;
  return typeof branch === "string" ? branch : `${BRANCH_PREFIX}${envId}`;
}

/** What makes an entry more than settings: it may be said in the default branch only. */
const POLICY = ["branch", "tier", "protected"];

function listedIds(overlays: readonly Overlay[]): string[] {
  const isListed = ({ key, changes }: Overlay) => ALWAYS_FIXED.includes(key) || POLICY.some((name) => name in changes);
  return overlays.filter((overlay) => !isPattern(overlay.key) && isListed(overlay)).map(({ key }) => key);
}
