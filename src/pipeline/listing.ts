import type { Group, Groups } from "../azure/groups.js";
import { TAG, taggedBranch } from "../environment/tags.js";
import { TIERS, type Tier } from "../manifest/manifest.js";
import type { RecordSummary } from "../state/summary.js";
import { type Doors, doorsAt, everyDoors } from "./doors.js";

/** Where an environment stands: what its record says, or what is wrong between record and resource group. */
export type Status = RecordSummary["state"] | "missing" | "orphan";

export type Listed = {
  envId: string;
  branch: string | null;
  kind: string;
  status: Status;
  url: string | null;
  resourceGroup: string;
  commit: string | null;
  /** RFC 3339; null = never. */
  expires: string | null;
  locked: boolean;
};

/**
 * All environments of a project, by id: records (one call per page of each tier) beside resource groups (one call per
 * page of each subscription), no call per environment.
 */
export async function listEnvironments(projectId: string, doors: Doors): Promise<Listed[]> {
  const [records, groups] = await Promise.all([readRecords(doors), readGroups(projectId, doors)]);
  return compare(records, groups);
}

/** Pure: a record without its group is `missing`, a group without a record is an `orphan`. */
export function compare(records: RecordSummary[], groups: Group[]): Listed[] {
  const byEnvironment = new Map(groups.map((group) => [group.tags[TAG.environment] ?? "", group]));
  const known = new Set(records.map(({ envId }) => envId));
  const listed = records.map((record) => listedRecord(record, byEnvironment.get(record.envId)));
  const orphans = [...byEnvironment]
    .filter(([envId]) => envId !== "" && !known.has(envId))
    .map(([, group]) => orphan(group));
  return [...listed, ...orphans].sort((one, other) => one.envId.localeCompare(other.envId));
}

function listedRecord(record: RecordSummary, group: Group | undefined): Listed {
  const { envId, branch, kind, state, url, resourceGroup, commit, expires, locked } = record;
  const lost = state === "running" && !group;
  const left = state === "destroyed" && group;
  const status = lost ? "missing" : left ? "orphan" : state;
  return { envId, branch, kind, status, url, resourceGroup, commit: commit || null, expires, locked };
}

function orphan(group: Group): Listed {
  return {
    envId: group.tags[TAG.environment] ?? "",
    branch: taggedBranch(group.tags),
    kind: group.tags[TAG.kind] ?? "branch",
    status: "orphan",
    url: null,
    resourceGroup: group.name,
    commit: group.tags["paas-commit"] ?? null,
    expires: null,
    locked: false,
  };
}

async function readRecords(doors: Doors): Promise<RecordSummary[]> {
  const found: RecordSummary[] = [];
  for (const tier of TIERS) found.push(...(await readTier(tier, doors)));
  return found;
}

/** What the records of a tier say, tombstones among them. */
export async function readTier(tier: Tier, doors: Doors): Promise<RecordSummary[]> {
  const found: RecordSummary[] = [];
  const { state } = doorsAt(tier, doors);
  for await (const page of state.records.list(`tier-${tier}`)) found.push(...page);
  return found;
}

/**
 * The resource groups of a project's environments, by their tags, in the subscriptions of these tiers.
 * @throws PaasError `not-allowed` …, as Azure says it
 */
export async function readGroups(projectId: string, doors: Doors, tiers: readonly Tier[] = TIERS): Promise<Group[]> {
  const everywhere = everyDoors(doors, tiers).map(({ groups }) => groupsIn(projectId, groups));
  return (await Promise.all(everywhere)).flat();
}

async function groupsIn(projectId: string, groups: Groups): Promise<Group[]> {
  const found: Group[] = [];
  for await (const group of groups.withTag(TAG.projectId, projectId)) {
    if (group.tags[TAG.environment]) found.push(group);
  }
  return found;
}
