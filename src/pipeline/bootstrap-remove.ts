import fs from "node:fs/promises";
import path from "node:path";
import { openArm } from "../azure/arm.js";
import { openSoftDeleted } from "../azure/soft-deleted.js";
import { deployerRole, planRole } from "../bootstrap/roles.js";
import { STATE_LOCK } from "../bootstrap/states.js";
import { carries, TAG } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import { policyFor } from "../manifest/environments.js";
import { TIERS, type Tier } from "../manifest/manifest.js";
import { withPlatformBlock } from "../manifest/platform-block.js";
import { withoutTier } from "../manifest/tier-place.js";
import { resourceName } from "../naming/name.js";
import { destroy as destroyState } from "../terraform/commands.js";
import { resourceTypesOfState } from "../terraform/state.js";
import { writeStateOnly } from "../terraform/state-only.js";
import { isDenied } from "./bootstrap.js";
import { unlockCommand } from "./bootstrap-commands.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";
import { isAlive, namesOf, ownGroup, ownIdentity, refuseForeign, requireRead } from "./bootstrap-owned.js";
import { clearDeadLock } from "./dead-lock.js";
import type { Doors } from "./doors.js";
import type { Done, Steps } from "./events.js";
import { sayStopping } from "./infrastructure.js";
import { compare, readGroups, readTier } from "./listing.js";
import { platformState, withPlatform } from "./platform.js";
import { withState } from "./terraform-state.js";

/** What takes a platform down, in order; each tolerates that it is done already. */
export type Removal = { name: string; work(): Promise<string> };

/**
 * The steps that take the platform of a tier down again. States and the account that holds them go with the last tier of
 * their subscription.
 * @throws PaasError `environments-exist`, `foreign-group`, `foreign-identity` (exit 5)
 */
export async function planRemoval(doors: BootstrapDoors, steps: Steps): Promise<Removal[]> {
  const { cloud, tier, manifest, identities, roles, groups } = doors;
  const { subscriptionId } = cloud;
  const names = namesOf(doors);
  await refuseForeign(names, doors);
  await refuseInUse(doors);
  const owner = { project: manifest, subscriptionId };
  const others = TIERS.filter((one) => one !== tier);
  const made = await Promise.all(others.map((one) => isAlive(one, doors)));
  const alive = others.filter((_, index) => made[index]);
  const lastHere = !alive.some((one) => cloud.platform.of(one).subscriptionId === subscriptionId);
  const own = names.planner ? [names.deployer, names.planner] : [names.deployer];
  return [
    // It would keep the roles on the account, too.
    ...(lastHere ? [{ name: "lock of the state account", work: () => unlock(names.accountId, doors) }] : []),
    ...own.map(({ id, name }) => ({
      name: `identity ${name}`,
      work: async () => {
        const found = await ownIdentity(id, doors);
        if (!found) return "gone";
        // Roles of an identity that is gone stay, as somebody unknown's.
        const revoked = await roles.revokeAll(found.principalId);
        await identities.delete(id);
        return `deleted, with ${revoked} roles and what it trusted`;
      },
    })),
    ...[deployerRole(owner, tier), ...(names.planner ? [planRole(owner)] : [])].map((role) => ({
      name: `definition ${role.name}`,
      work: async () => {
        await roles.undefine(role);
        return "gone";
      },
    })),
    {
      name: "roles of the pull identity",
      work: async () => {
        const found = await ownIdentity(names.platform.pullIdentityId, doors);
        return found ? `${await roles.revokeAll(found.principalId)} taken away` : "gone";
      },
    },
    { name: "platform stack", work: () => removeStack(doors, steps) },
    { name: `vault of ${tier}`, work: () => purgeVault(doors) },
    ...(lastHere
      ? [
          {
            name: `state account ${cloud.platform.of(tier).stateAccount}`,
            work: async () => {
              if ((await ownGroup(names.group, doors)) === null) return "gone";
              // Roles on what is gone may stay, as roles on something unknown.
              const revoked = await roles.revokeIn(names.groupId);
              await groups.delete(names.group, doors.signal);
              return `deleted, with its group and ${revoked} roles on it`;
            },
          },
        ]
      : []),
    { name: "paas.yaml", work: () => forgetTier(doors, alive.length === 0) },
  ];
}

async function unlock(accountId: string, { account }: BootstrapDoors): Promise<string> {
  if (!(await account.isLocked(accountId, STATE_LOCK))) return "gone";
  try {
    await account.unlock(accountId, STATE_LOCK);
    return "taken off";
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new PaasError("not-allowed", "you may not take the lock off the state account", {
      details: ["Owner and User Access Administrator may; nothing was removed"],
      next: `an owner types \`${unlockCommand(accountId, STATE_LOCK)}\`, then \`paas bootstrap --remove\` again`,
      exit: EXIT.signIn,
      cause: error,
    });
  }
}

async function refuseInUse(doors: BootstrapDoors): Promise<void> {
  const { manifest, tier } = doors;
  if (!(await doors.account.hasContainer(namesOf(doors).containerId))) return;
  const [records, groups] = await Promise.all([readTier(tier, doors), readGroups(manifest.id, doors, [tier])]);
  const alive = compare(records, groups).filter(
    ({ status, envId }) => status !== "destroyed" && policyFor(manifest, envId).tier === tier,
  );
  if (alive.length === 0) return;
  throw new PaasError("environments-exist", `the platform of ${tier} has environments, and is not removed`, {
    details: alive.map(({ envId, branch, status }) => `${envId} · ${branch ?? "its branch is not known"} · ${status}`),
    next: `destroy them first: \`paas destroy ${alive[0]?.envId}\``,
    exit: EXIT.refused,
  });
}

/** What Terraform made of `infra/`, by its state; the user's own additions to the stack go with it. */
async function removeStack(doors: BootstrapDoors, steps: Steps): Promise<string> {
  const { tier } = doors;
  const { container, containerId } = namesOf(doors);
  if (!(await doors.account.hasContainer(containerId))) return "gone, with its state";
  await requireRead(container, doors);
  let detail = "";
  await withPlatform(tier, doors, steps, async (running) => {
    const { value } = await destroyStack(tier, running, steps);
    detail = value;
  });
  return detail;
}

async function destroyStack(tier: Tier, doors: Doors, steps: Steps): Promise<Done<string>> {
  const stateRef = platformState(tier);
  const envId = `platform-${tier}`;
  await clearDeadLock(null, stateRef, doors, steps);
  const types = resourceTypesOfState(await doors.state.blobs.download(stateRef));
  if (types.length === 0) return { value: "nothing in the state" };
  const run = {
    binary: (await doors.terraform()).path,
    envId,
    work: path.join(doors.work("platform"), "destroy"),
    variables: await doors.cloud.terraform.variables(types, null),
    signal: doors.signal,
    onInterrupt: () => sayStopping(steps),
  };
  writeStateOnly(run.work, { purge: tier === "nonprod" });
  const place = { platform: doors.cloud.platform.of(tier), state: stateRef };
  await withState(run, place, doors, steps.warn, () => destroyState(run));
  await doors.state.blobs.delete(stateRef);
  return { value: "all resources in the state" };
}

/** It went with the stack's group, and keeps its name and its values for some days unless it is purged. */
async function purgeVault({ cloud, tier, manifest: project, signal }: BootstrapDoors): Promise<string> {
  if (tier === "prod") return "where there was one, Azure keeps it for some days";
  const owner = { project, subscriptionId: cloud.subscriptionId, envId: `platform-${tier}`, generation: 0 };
  const vault = { name: resourceName("keyVault", owner), location: project.location };
  const { subscriptionId, resourceGroup } = cloud.platform.of(tier);
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const owned = {
    id: `${group}/providers/Microsoft.KeyVault/vaults/${vault.name}`,
    isOurs: (tags?: Record<string, string>) => carries(tags, { [TAG.projectId]: project.id, [TAG.tier]: tier }),
  };
  const purged = await openSoftDeleted(openArm(cloud.arm), cloud.subscriptionId).purgeVault(vault, signal, owned);
  return purged.state === "kept" ? `kept until ${purged.until ?? "later"}: ${purged.why}` : purged.state;
}

/** The block says where the platform is; without any tier there is none. */
async function forgetTier({ git, manifest: { platform }, tier }: BootstrapDoors, last: boolean): Promise<string> {
  const file = path.join(git.root, "paas.yaml");
  const text = await fs.readFile(file, "utf8");
  const block = last || platform === null ? null : withoutTier(platform, tier);
  await fs.writeFile(file, withPlatformBlock(text, block));
  return last ? "no platform any more" : `without the identities of ${tier}`;
}
