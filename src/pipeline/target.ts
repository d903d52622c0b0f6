import type { Group, Groups } from "../azure/groups.js";
import { branchSha, TAG, taggedBranch } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import { policyFor } from "../manifest/environments.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { resourceName } from "../naming/name.js";
import type { EnvironmentRecord } from "../state/record.js";
import { type Doors, doorsAt } from "./doors.js";

/** An environment as it is, found by id: what the record, the state and the tags say, never what a branch's files say. */
export type Target = {
  envId: string;
  tier: Tier;
  protected: boolean;
  recordRef: { container: string; key: string };
  stateRef: { container: string; key: string };
  record: EnvironmentRecord | null;
  /** Name that its resource group has or would have, whoever's the group of that name is. */
  resourceGroup: string;
  /** The resource group that carries the environment's tags. */
  group: Group | null;
  hasState: boolean;
};

/**
 * Looks an environment up; the tier that decides where its record lies is the default branch's word.
 * @throws PaasError `no-such-environment` (exit 3) when there is neither record, state nor group
 */
export async function findTarget(envId: string, trusted: Manifest, anywhere: Doors): Promise<Target> {
  const policy = policyFor(trusted, envId);
  const doors = doorsAt(policy.tier, anywhere);
  const container = `tier-${policy.tier}`;
  const recordRef = { container, key: `envs/${envId}.json` };
  const stateRef = { container, key: `state/${envId}.tfstate` };
  const [found, hasState, group] = await Promise.all([
    doors.state.records.read(recordRef),
    doors.state.blobs.exists(stateRef),
    findGroup(envId, trusted.id, doors.groups),
  ]);
  const record = found?.record ?? null;
  if (!record && !hasState && !group) throw noSuchEnvironment(envId);
  refuseForeign(envId, record, group);
  const { subscriptionId } = doors.cloud;
  const owner = { project: trusted, subscriptionId, envId, generation: record?.generation ?? 0 };
  const resourceGroup = group?.name || record?.resourceGroup || resourceName("resourceGroup", owner);
  return { envId, ...policy, recordRef, stateRef, record, resourceGroup, group, hasState };
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

async function findGroup(envId: string, projectId: string, groups: Groups): Promise<Group | null> {
  for await (const group of groups.withTag(TAG.projectId, projectId)) {
    if (group.tags[TAG.environment] === envId) return group;
  }
  return null;
}

/** A group and a record that are of two branches: nothing proves which of them is meant. */
function refuseForeign(_envId: string, record: EnvironmentRecord | null, group: Group | null): void {
  if (!record || !group || record.state === "destroyed") return;
  if (group.tags[TAG.branchSha] === branchSha(record.branch)) return;
  throw new PaasError("foreign-group", `the resource group ${group.name} is not that of branch ${record.branch}`, {
    details: [`its tag ${TAG.branchSha} is ${group.tags[TAG.branchSha] ?? "missing"}`],
    next: "nothing was changed; look at the group, and remove it yourself if it is yours",
    exit: EXIT.refused,
  });
}
