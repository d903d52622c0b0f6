import fs from "node:fs/promises";
import path from "node:path";
import type { Group } from "../azure/groups.js";
import { lockedGroup } from "../azure/locks.js";
import { deadline } from "../deadline.js";
import { branchSha, isOurs, TAG, taggedBranch } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import type { EnvironmentRecord } from "../state/record.js";
import type { HeldRecord } from "../state/records.js";
import { destroy as destroyState } from "../terraform/commands.js";
import { resourceTypesOfState } from "../terraform/state.js";
import { writeStateOnly } from "../terraform/state-only.js";
import { clearDeadLock } from "./dead-lock.js";
import { type Doors, doorsAt } from "./doors.js";
import type { Done, Steps } from "./events.js";
import { sayStopping } from "./infrastructure.js";
import { Journal } from "./journal.js";
import { recordWith } from "./recording.js";
import { deleteWorkspaces, groupsLeft, NOTING, notesOf, purge, softDeletingIn } from "./remains.js";
import { isGone, noSuchEnvironment, requireOwnRecord, type Target, tagsOf } from "./target.js";
import { withState } from "./terraform-state.js";

export type DestroyOutcome = {
  steps: { name: string; status: string; duration: number }[];
  /** What stays all the same, one line each: deleted vaults that are kept for some days, other groups with the tags. */
  left: string[];
  alreadyGone: boolean;
  /** Why nothing was destroyed after all; null = nothing spoke against it. */
  spared: string | null;
};

/**
 * Asked once the environment is locked, when no other run can change it any more.
 * @returns why it must not be destroyed; null = go on
 */
export type Objection = (record: EnvironmentRecord | null) => Promise<string | null>;

/** How long Terraform may take before the group is deleted without it; an environment's resources take minutes. */
const TERRAFORM_LIMIT = 20 * 60_000;

/**
 * Removes an environment and every trace of it: tombstone, Terraform's resources, the resource group, images, state.
 * Each step tolerates that its work is done already and is noted in the record, so that a killed run is simply repeated.
 */
export async function destroy(
  target: Target,
  lockTimeout: number,
  anywhere: Doors,
  steps: Steps,
  objection: Objection = async () => null,
): Promise<DestroyOutcome> {
  if (isGone(target)) return { steps: [], left: [], alreadyGone: true, spared: null };
  const doors = doorsAt(target.tier, anywhere);
  const held = await steps.run("lock", async (tell) => {
    const purpose = { operation: "destroy" };
    const value = await doors.state.records.hold(target.recordRef, purpose, {
      lockTimeout,
      signal: doors.signal,
      tell,
    });
    return { value, detail: target.envId };
  });
  try {
    const running: Doors = { ...doors, signal: AbortSignal.any([doors.signal, held.lost]) };
    if (held.record) requireOwnRecord(target.envId, target.projectId, held.record);
    const spared = await objection(held.record);
    if (spared !== null) return { steps: [], left: [], alreadyGone: false, spared };
    return { ...(await destroyHeld(target, held, running, steps)), alreadyGone: false, spared: null };
  } finally {
    await held.release();
  }
}

async function destroyHeld(target: Target, held: HeldRecord, doors: Doors, steps: Steps) {
  // The state knows the group by its name alone, and Terraform would delete whatever has that name by now.
  const group = await findOwnGroup(target, doors);
  if (group) await refuseLocked(group, doors);
  const kept = await softDeletingIn(target, held.record, doors);
  const left: string[] = [];
  const journal = new Journal(tombstoneOf(target, held.record, doors.now()), held, doors, steps);
  await journal.step("tombstone", async () => ({ value: undefined, detail: "no run may use it now" }));
  if (kept.length > 0) {
    const work = async () => ({ value: undefined, detail: await deleteWorkspaces(kept, target, doors) });
    await journal.step(NOTING, work, notesOf(kept));
  }
  await journal.step("terraform", () => destroyResources(target, doors, steps));
  await journal.step("resource group", () => deleteGroup(target, doors));
  if (kept.length > 0) {
    await journal.step("purge", async () => {
      const { detail, left: vaults } = await purge(kept, target, doors, steps);
      left.push(...vaults);
      return { value: undefined, detail };
    });
  }
  await journal.step("images", async () => ({
    value: undefined,
    detail: await doors.cloud.forget(target.envId, target.tier),
  }));
  await journal.step("state", async () => {
    // A Terraform that was killed a moment ago may have been alive still when its lock was looked at first.
    await clearDeadLock(target.envId, target.stateRef, doors, steps);
    const removed = await doors.state.blobs.delete(target.stateRef);
    await fs.rm(doors.work(target.envId), { recursive: true, force: true });
    return { value: undefined, detail: removed ? `${target.stateRef.key} deleted` : "there was none" };
  });
  left.push(...(await groupsLeft(target, doors)));
  await journal.end();
  return { steps: journal.outcome, left };
}

/** Before anything is begun: a half destroyed environment would be all that comes of it. */
async function refuseLocked(group: Group, doors: Doors): Promise<void> {
  const locks = await doors.groups.locks(group);
  if (locks.length === 0) return;
  const lines = locks.map(({ name, level, id, notes }) =>
    `${name} (${level}) ${notes ?? ""}: ${id}`.replace(" :", ":"),
  );
  throw lockedGroup(group.name, lines);
}

/** From the record, else from what the group's tags say. */
function tombstoneOf(target: Target, record: EnvironmentRecord | null, now: Date): EnvironmentRecord {
  const moment = now.toISOString();
  if (record) return recordWith(record, { state: "destroying" }, now);
  const tags = target.group?.tags ?? {};
  if (!target.group && !target.hasState) throw noSuchEnvironment(target.envId);
  const branch = taggedBranch(tags) ?? `env-${target.envId}`;
  return {
    schemaVersion: 1,
    envId: target.envId,
    branch,
    // A long name is cut in its tag, and has another hash then.
    branchSha: tags[TAG.branchSha] ?? branchSha(branch),
    projectId: target.projectId,
    kind: target.protected ? "fixed" : "branch",
    tier: target.tier,
    generation: Number(tags[TAG.generation] ?? 0),
    state: "destroying",
    resourceGroup: target.resourceGroup,
    commit: tags["paas-commit"] ?? "",
    url: null,
    createdAt: moment,
    updatedAt: moment,
    expires: null,
    destroyedAt: null,
    services: {},
    deployments: [],
    journal: [],
  };
}

/**
 * Lets Terraform remove what is in the state, also what lies outside the group. It synthesises nothing, so a broken or
 * hostile stack can neither stop it nor ride it. Where it fails the group is deleted all the same, unless someone holds
 * the state or the environment is protected.
 */
async function destroyResources(target: Target, doors: Doors, steps: Steps): Promise<Done<undefined>> {
  await clearDeadLock(target.envId, target.stateRef, doors, steps);
  const state = await doors.state.blobs.download(target.stateRef);
  const types = resourceTypesOfState(state);
  if (types.length === 0) return { value: undefined, detail: "nothing in the state" };
  const terraform = await doors.terraform();
  const work = path.join(doors.work(target.envId), "destroy");
  const run = {
    binary: terraform.path,
    envId: target.envId,
    work,
    variables: await doors.cloud.terraform.variables(types, null),
    signal: deadline(TERRAFORM_LIMIT, doors.signal),
    onInterrupt: () => sayStopping(steps, doors.signal.aborted ? null : TERRAFORM_LIMIT),
  };
  try {
    await clearReleases(target, doors, steps);
    writeStateOnly(work, { purge: target.tier === "nonprod" });
    const place = { platform: doors.cloud.platform.of(target.tier), state: target.stateRef };
    await withState(run, place, doors, steps.warn, () => destroyState(run));
    return { value: undefined, detail: "all resources in the state" };
  } catch (error) {
    if (doors.signal.aborted || target.protected || !(error instanceof PaasError) || error.exit === EXIT.locked)
      throw error;
    steps.warn(`Terraform could not remove everything (${error.message}); deleting the group instead`);
    return { value: undefined, detail: "left to the deletion of the group" };
  }
}

/** A job that is left in a Container Apps environment keeps Terraform from deleting that; all others go with the group. */
async function clearReleases({ resourceGroup, tier }: Target, doors: Doors, steps: Steps): Promise<void> {
  try {
    await doors.cloud.clearReleases(resourceGroup, tier);
  } catch (error) {
    if (doors.signal.aborted || !(error instanceof PaasError)) throw error;
    steps.warn(`release commands that a killed run may have left were not looked for: ${error.message}`);
  }
}

/** Deletes the group that carries the tags; looked for anew, because Terraform has most likely removed it. */
async function deleteGroup(target: Target, doors: Doors): Promise<Done<undefined>> {
  const group = await findOwnGroup(target, doors);
  if (!group) return { value: undefined, detail: "gone" };
  await doors.groups.delete(group.name, doors.signal);
  return { value: undefined, detail: `${group.name} deleted` };
}

/** @throws PaasError `foreign-group` (exit 5) when the group of that name does not carry the environment's tags */
async function findOwnGroup(target: Target, doors: Doors): Promise<Group | null> {
  const group = await doors.groups.find(target.resourceGroup);
  if (!group || isOurs(group.tags, { tags: tagsOf(target) })) return group;
  throw new PaasError("foreign-group", `the resource group ${group.name} does not carry this environment's tags`, {
    details: [`found ${JSON.stringify(group.tags)}`],
    next: "it is left alone; look at it, and remove it yourself if it is yours",
    exit: EXIT.refused,
  });
}
