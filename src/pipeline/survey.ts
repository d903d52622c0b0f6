import type { Group } from "../azure/groups.js";
import type { Present } from "../environment/reap.js";
import { branchSha, TAG, taggedBranch } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import { TIERS, type Tier } from "../manifest/manifest.js";
import type { EnvironmentRecord } from "../state/record.js";
import type { RecordSummary } from "../state/summary.js";
import type { Doors } from "./doors.js";
import { readGroups, readTier } from "./listing.js";

/** All that an identity can see of a project's environments. */
export type Survey = {
  records: RecordSummary[];
  /** Those of tiers that may not be read are left out. */
  groups: Group[];
  /** Tiers whose records this identity may not read. */
  unread: Tier[];
};

/**
 * Reads the records and groups of a project, as far as the identity may: one of nonprod sees no production.
 * @throws PaasError `not-allowed` when it may read nothing at all
 */
export async function surveyOf(projectId: string, doors: Doors): Promise<Survey> {
  const records: RecordSummary[] = [];
  const unread = new Map<Tier, PaasError>();
  for (const tier of TIERS) {
    try {
      records.push(...(await readTier(tier, doors)));
    } catch (error) {
      if (!(error instanceof PaasError) || error.exit !== EXIT.signIn) throw error;
      unread.set(tier, error);
    }
  }
  const [refusal] = unread.values();
  if (refusal && unread.size === TIERS.length) throw refusal;
  const seen = (group: Group) => ![...unread.keys()].some((tier) => group.tags[TAG.tier] === tier);
  // Whoever may not read a tier's records may not look into a subscription of that tier alone, either.
  const readable = TIERS.filter((tier) => !unread.has(tier));
  const groups = (await readGroups(projectId, doors, readable)).filter(seen);
  return { records, groups, unread: [...unread.keys()] };
}

/** The environments of a survey that are more than a tombstone. */
export function presentIn({ records, groups }: Pick<Survey, "records" | "groups">): Present[] {
  const byEnvironment = new Map(groups.map((group) => [group.tags[TAG.environment] ?? "", group]));
  const alive = records.filter(({ state }) => state !== "destroyed");
  const known = new Set(alive.map(({ envId }) => envId));
  const recorded = alive.map((record) => presentOf(record, byEnvironment.get(record.envId) ?? null));
  return [...recorded, ...groups.filter(({ tags }) => !known.has(tags[TAG.environment] ?? "")).map(presentGroup)];
}

type Told = Pick<EnvironmentRecord, "envId" | "branch" | "kind" | "tier" | "state" | "expires"> & {
  changedAt?: string | null;
};

/** An environment by its record; what protects it may stand in its tags too. */
export function presentOf(record: Told, group: Group | null): Present {
  const { envId, branch, state, expires, changedAt = null } = record;
  const kind = group?.tags[TAG.kind] === "fixed" ? "fixed" : record.kind;
  const tier = group?.tags[TAG.tier] === "prod" ? "prod" : record.tier;
  return { envId, branch, branchSha: branchSha(branch), kind, tier, status: state, expires, changedAt };
}

/** A group that no record knows: its tags are all that there is. */
export function presentGroup({ tags }: Group): Present {
  return {
    envId: tags[TAG.environment] ?? "",
    branch: taggedBranch(tags),
    branchSha: tags[TAG.branchSha] ?? null,
    kind: tags[TAG.kind] ?? "branch",
    tier: tags[TAG.tier] ?? "",
    status: "orphan",
    expires: expiryIn(tags),
    changedAt: null,
  };
}

function expiryIn(tags: Record<string, string>): string | null {
  const text = tags["paas-expires"] ?? "";
  return Number.isNaN(Date.parse(text)) ? null : text;
}
