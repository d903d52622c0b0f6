import type { Group } from "../azure/groups.js";
import type { Identity } from "../azure/identities.js";
import { bootstrapNames, type Names } from "../bootstrap/names.js";
import { carries, TAG } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import { resourceTypesOfState } from "../terraform/state.js";
import { mayRead } from "./bootstrap-access.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";
import { doorsAt } from "./doors.js";
import { readTier } from "./listing.js";
import { platformState } from "./platform.js";

/* Names of groups and identities hold no hash: another project of the same name has the same ones. Tags tell whose they are. */

/** @throws PaasError `foreign-group` (exit 5) when the group of that name is not the project's */
export async function ownGroup(
  name: string,
  { groups, manifest }: Pick<BootstrapDoors, "groups" | "manifest">,
): Promise<Group | null> {
  const found = await groups.find(name);
  if (!found || isProjects(found.tags, { manifest })) return found;
  throw new PaasError("foreign-group", `the resource group ${name} is there and does not carry this project's tags`, {
    next: "it is left alone; rename the project, or remove the group yourself if it is yours",
    exit: EXIT.refused,
  });
}

/** @throws PaasError `foreign-identity` (exit 5) when the identity at that place is not the project's */
export async function ownIdentity(
  id: string,
  { identities, manifest }: Pick<BootstrapDoors, "identities" | "manifest">,
): Promise<Identity | null> {
  const found = await identities.find(id);
  if (!found || isProjects(found.tags, { manifest })) return found;
  const name = id.slice(id.lastIndexOf("/") + 1);
  throw new PaasError("foreign-identity", `the identity ${name} is there and does not carry this project's tags`, {
    details: [id],
    next: `it is left alone; if it is yours, give it the tag ${TAG.projectId}=${manifest.id}, or delete it yourself`,
    exit: EXIT.refused,
  });
}

/**
 * Looks at everything that a tier has by name alone.
 * @throws PaasError `foreign-group`, `foreign-identity` (exit 5)
 */
export async function refuseForeign(
  { group, platform, deployer, planner }: Names,
  doors: BootstrapDoors,
): Promise<void> {
  for (const name of [group, platform.resourceGroup]) await ownGroup(name, doors);
  const ids = [deployer.id, ...(planner ? [planner.id] : []), platform.pullIdentityId];
  for (const id of ids) await ownIdentity(id, doors);
}

/**
 * Whether anything of a tier is there that its states are needed for, though the tier be half made: its platform's
 * group, something in the platform's state, an environment. A removed tier leaves its container with none of them.
 * @throws PaasError `not-allowed` (exit 4) when only its states could tell, and they cannot be read
 */
export async function isAlive(tier: Tier, doors: BootstrapDoors): Promise<boolean> {
  const there: BootstrapDoors = { ...doors, ...doorsAt(tier, doors), tier };
  const { container, containerId, platform } = namesOf(there);
  const group = await there.groups.find(platform.resourceGroup);
  if (group && isProjects(group.tags, there)) return true;
  if (!(await there.account.hasContainer(containerId))) return false;
  await requireRead(container, there);
  if (resourceTypesOfState(await there.state.blobs.download(platformState(tier))).length > 0) return true;
  return (await readTier(tier, there)).some(({ state }) => state !== "destroyed");
}

/** @throws PaasError `not-allowed` (exit 4) */
export async function requireRead(container: string, doors: BootstrapDoors): Promise<void> {
  if (await mayRead(container, doors)) return;
  throw new PaasError("not-allowed", `the states of ${doors.tier} cannot be read`, {
    next: "take the role Storage Blob Data Contributor on the tier's container: `paas bootstrap` grants it",
    exit: EXIT.signIn,
  });
}

/** Names of the doors' own tier, in their own subscription. */
export function namesOf({ manifest, tier, cloud }: BootstrapDoors): Names {
  const { tenantId } = cloud.platform.of(tier);
  return bootstrapNames({ manifest, tier, subscriptionId: cloud.subscriptionId, tenantId });
}

function isProjects(tags: Record<string, string>, { manifest }: Pick<BootstrapDoors, "manifest">): boolean {
  return carries(tags, { [TAG.projectId]: manifest.id });
}
