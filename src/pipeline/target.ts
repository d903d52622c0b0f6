import type { Group, Groups } from "../azure/groups.js";
import { TAG, taggedBranch } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import { policyFor } from "../manifest/environments.js";
import { type Manifest, TIERS, type Tier } from "../manifest/manifest.js";
import { resourceName } from "../naming/name.js";
import type { BlobRef } from "../state/container.js";
import type { EnvironmentRecord } from "../state/record.js";
import { type Doors, doorsAt, everyDoors } from "./doors.js";

/** An environment as it is, found by id: what the record, the state and the tags say, never what a branch's files say. */
export type Target = {
  envId: string;
  /** Of the project that it must belong to. */
  projectId: string;
  tier: Tier;
  protected: boolean;
  recordRef: BlobRef;
  stateRef: BlobRef;
  record: EnvironmentRecord | null;
  /** Name that its resource group has or would have, whoever's the group of that name is. */
  resourceGroup: string;
  /** The resource group that carries the environment's tags. */
  group: Group | null;
  hasState: boolean;
};

/**
 * Looks an environment up. Its tier is where its record and state lie, else what its group's tags say; the default
 * branch's word counts only for what is nowhere yet, since it may have changed after the environment was made.
 * @throws PaasError `no-such-environment` (exit 3) when there is neither record, state nor group
 */
export async function findTarget(envId: string, trusted: Manifest, anywhere: Doors): Promise<Target> {
  const policy = policyFor(trusted, envId);
  const kept = await findKept(envId, policy.tier, anywhere);
  const groups = await findGroups(envId, trusted.id, kept ? [kept.tier] : firstly(policy.tier), anywhere);
  const record = kept?.record ?? null;
  if (record) requireOwnRecord(envId, trusted.id, record);
  const { subscriptionId } = doorsAt(kept?.tier ?? policy.tier, anywhere).cloud;
  const owner = { project: trusted, subscriptionId, envId, generation: record?.generation ?? 0 };
  const name = record?.resourceGroup || resourceName("resourceGroup", owner);
  const group = groups.find((one) => isNamed(one, name)) ?? groups[0] ?? null;
  if (!kept && !group) throw noSuchEnvironment(envId);
  refuseForeign(record, group);
  const tier = kept?.tier ?? taggedTier(group) ?? policy.tier;
  return {
    envId,
    projectId: trusted.id,
    tier,
    // What is production stays protected, also where the manifest has it elsewhere by now.
    protected: policy.protected || (tier === "prod" && policy.tier !== "prod"),
    ...placesOf(envId, tier),
    record,
    resourceGroup: group?.name ?? name,
    group,
    hasState: kept?.hasState ?? false,
  };
}

type Kept = { tier: Tier; record: EnvironmentRecord | null; hasState: boolean };

/** Record and state, in the expected tier or another that may be read; null when there is neither. */
async function findKept(envId: string, expected: Tier, doors: Doors): Promise<Kept | null> {
  for (const tier of firstly(expected)) {
    const kept = await keptIn(tier, envId, doors).catch(tier === expected ? orNowhere : orUnseen);
    if (kept) return kept;
  }
  return null;
}

function firstly(tier: Tier): Tier[] {
  return [tier, ...TIERS.filter((other) => other !== tier)];
}

async function keptIn(tier: Tier, envId: string, anywhere: Doors): Promise<Kept | null> {
  const { state } = doorsAt(tier, anywhere);
  const { recordRef, stateRef } = placesOf(envId, tier);
  const [found, hasState] = await Promise.all([state.records.read(recordRef), state.blobs.exists(stateRef)]);
  return found || hasState ? { tier, record: found?.record ?? null, hasState } : null;
}

/** A tier that nothing was made in yet has no container. */
function orNowhere(error: unknown): null {
  if (error instanceof PaasError && error.code === "state-container-missing") return null;
  throw error;
}

/** What this identity may not see it could not touch either. */
function orUnseen(error: unknown): null {
  return error instanceof PaasError && error.exit === EXIT.signIn ? null : orNowhere(error);
}

function placesOf(envId: string, tier: Tier): { recordRef: BlobRef; stateRef: BlobRef } {
  const container = `tier-${tier}`;
  return {
    recordRef: { container, key: `envs/${envId}.json` },
    stateRef: { container, key: `state/${envId}.tfstate` },
  };
}

/**
 * A record says which group is deleted and what is purged, so it must be of this very environment: whoever may write one
 * tier's records could else have another's environments destroyed by somebody who may.
 * @throws PaasError `record-foreign`, exit 5
 */
export function requireOwnRecord(envId: string, projectId: string, record: EnvironmentRecord): void {
  const expected = { envId, projectId };
  const wrong = (Object.keys(expected) as (keyof typeof expected)[]).filter((key) => record[key] !== expected[key]);
  if (wrong.length === 0) return;
  throw new PaasError("record-foreign", `the record of ${envId} is not that of this environment`, {
    details: wrong.map((key) => `its ${key} is ${JSON.stringify(record[key])}, expected ${expected[key]}`),
    next: "nothing was changed; restore an earlier version of that blob",
    exit: EXIT.refused,
  });
}

/** Tags by which anything of the environment is known, as far as they are known themselves. */
export function tagsOf({ envId, projectId, record, group }: Pick<Target, "envId" | "projectId" | "record" | "group">) {
  const sha = record ? record.branchSha : group?.tags[TAG.branchSha];
  return {
    [TAG.projectId]: projectId,
    [TAG.environment]: envId,
    ...(sha === undefined ? {} : { [TAG.branchSha]: sha }),
  };
}

/** Whether nothing is left of an environment but its tombstone. */
export function isGone({ record, group, hasState }: Target): boolean {
  return record?.state === "destroyed" && !group && !hasState;
}

/** The branch of an environment, from its record or, as far as they hold it, from its tags. */
export function branchOf({ record, group }: Target): string | null {
  return record?.branch ?? taggedBranch(group?.tags);
}

export function noSuchEnvironment(envId: string): PaasError {
  return new PaasError("no-such-environment", `there is no environment ${envId}`, {
    details: ["it has no record, no state and no resource group with its tags"],
    next: "`paas ls` lists those that there are",
    exit: EXIT.notFound,
  });
}

/** Groups with the environment's tags, in the first subscription of these tiers that has any and may be seen. */
async function findGroups(envId: string, projectId: string, tiers: Tier[], anywhere: Doors): Promise<Group[]> {
  const [first, ...others] = everyDoors(anywhere, tiers);
  const found = first ? await taggedGroups(envId, projectId, first.groups) : [];
  for (const { groups } of found.length > 0 ? [] : others) {
    found.push(...((await taggedGroups(envId, projectId, groups).catch(orUnseen)) ?? []));
  }
  return found;
}

/** The list lags behind, so those that are gone by now are left out. */
async function taggedGroups(envId: string, projectId: string, groups: Groups): Promise<Group[]> {
  const found: Group[] = [];
  for await (const group of groups.withTag(TAG.projectId, projectId)) {
    if (group.tags[TAG.environment] === envId && (await groups.find(group.name))) found.push(group);
  }
  return found;
}

/** Azure compares names without regard to case. */
function isNamed(group: Group, name: string): boolean {
  return group.name.toLowerCase() === name.toLowerCase();
}

function taggedTier(group: Group | null): Tier | undefined {
  return TIERS.find((tier) => tier === group?.tags[TAG.tier]);
}

/** A group and a record that are of two branches: nothing proves which of them is meant. */
function refuseForeign(record: EnvironmentRecord | null, group: Group | null): void {
  if (!record || !group || record.state === "destroyed") return;
  if (group.tags[TAG.branchSha] === record.branchSha) return;
  throw new PaasError("foreign-group", `the resource group ${group.name} is not that of branch ${record.branch}`, {
    details: [`its tag ${TAG.branchSha} is ${group.tags[TAG.branchSha] ?? "missing"}`],
    next: "nothing was changed; look at the group, and remove it yourself if it is yours",
    exit: EXIT.refused,
  });
}
