import { isAbsent } from "../../src/azure/failure.js";
import type { Group } from "../../src/azure/groups.js";
import { readLocks } from "../../src/azure/locks.js";
import { TAG } from "../../src/environment/tags.js";
import type { Names } from "./names.js";
import type { Subscription } from "./subscription.js";

/** Something of a run that is in the subscription. */
export type Remain = {
  /** For people, `resource group rg-live-…`. */
  label: string;
  remove(signal: AbortSignal): Promise<void>;
  /** What a person types in place of `remove`. */
  byHand: string[];
};

/** What a run may leave: its names, and who its identities were, as far as that has been noted. */
export type Owner = Names & { principals: string[] };

/** A kind of thing that a run leaves; what is there is listed, and a list may be refused, too. */
export type Kind = {
  name: string;
  find(owner: Owner, subscription: Subscription): Promise<Remain[]>;
  /** What a person types to look where this process may not. */
  look(owner: Owner): string;
};

/** In the order in which they can be removed; those of a kind are looked for when the ones before are gone. */
export const KINDS: Kind[] = [
  // A lock keeps role assignments, too: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
  { name: "locks", find: locks, look: () => "az lock list" },
  { name: "role assignments", find: roleAssignments, look: () => "az role assignment list --all" },
  { name: "role definitions", find: roleDefinitions, look: () => "az role definition list --custom-role-only true" },
  {
    name: "resource groups",
    find: groups,
    look: ({ project }) => `az group list --tag ${TAG.projectId}=${project.id}`,
  },
  { name: "identities", find: identities, look: () => "az identity list" },
  { name: "deleted vaults", find: deletedVaults, look: () => "az keyvault list-deleted --resource-type vault" },
];

const AUTHORIZATION = "2022-04-01";
const IDENTITIES = "2024-11-30";
const VAULTS = "2026-02-01";
const LOCKS = "2020-05-01";
const WORKSPACE = "Microsoft.OperationalInsights/workspaces";

/** Everything of a run that is still there. */
export async function remainsOf(owner: Owner, subscription: Subscription): Promise<Remain[]> {
  const found: Remain[] = [];
  for (const kind of KINDS) found.push(...(await remainsOfKind(kind, owner, subscription)));
  return found;
}

/** What cannot be listed is told as something that may be left. */
export async function remainsOfKind(kind: Kind, owner: Owner, subscription: Subscription): Promise<Remain[]> {
  try {
    return await kind.find(owner, subscription);
  } catch (error) {
    const remove = () => Promise.reject(error);
    return [{ label: `${kind.name}, which cannot be listed`, remove, byHand: [kind.look(owner)] }];
  }
}

/** Object ids of the identities of a run: once those are gone, nothing tells whose their roles were. */
export async function principalsOf(owner: Names, subscription: Subscription): Promise<string[]> {
  return (await ownIdentities(owner, subscription)).map(({ properties }) => properties.principalId);
}

async function roleAssignments(owner: Owner, { id: subscription, arm }: Subscription): Promise<Remain[]> {
  type Assignment = { id: string; properties: { roleDefinitionId: string; principalId: string; scope: string } };
  const home = `/subscriptions/${subscription}`;
  const list = arm.list<Assignment>(`${home}/providers/Microsoft.Authorization/roleAssignments`, AUTHORIZATION);
  const isOurs = ({ roleDefinitionId, principalId, scope }: Assignment["properties"]) =>
    owner.principals.includes(principalId) || owner.roles.includes(lastOf(roleDefinitionId)) || liesIn(owner, scope);
  const found = await all(list);
  return found
    .filter(({ properties }) => isOurs(properties))
    .map(({ id, properties }) => ({
      label: `role ${lastOf(id).slice(0, 8)} on ${lastOf(properties.scope)}`,
      remove: () => removed(arm.run({ method: "DELETE", path: id, version: AUTHORIZATION })),
      byHand: [`az role assignment delete --ids ${id}`],
    }));
}

async function roleDefinitions(owner: Owner, { id: subscription, arm }: Subscription): Promise<Remain[]> {
  const path = (role: string) =>
    `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const looks = owner.roles.map(async (role): Promise<Remain[]> => {
    if (!(await isThere(arm.get(path(role), AUTHORIZATION)))) return [];
    return [
      {
        label: `role definition ${role.slice(0, 8)}`,
        remove: () => removed(arm.run({ method: "DELETE", path: path(role), version: AUTHORIZATION })),
        byHand: [`az role definition delete --name ${role} --scope /subscriptions/${subscription}`],
      },
    ];
  });
  return (await Promise.all(looks)).flat();
}

/**
 * With everything in them, log workspaces for good. The environment's is before the platform's, whose Container Apps
 * environment stays as long as it has apps.
 */
async function groups(owner: Owner, subscription: Subscription): Promise<Remain[]> {
  const { groups: known, softDeleted } = subscription;
  return (await ownGroups(owner, subscription)).map(({ name }) => ({
    label: `resource group ${name}`,
    remove: async (signal: AbortSignal) => {
      const members = await known.members(name);
      for (const { id } of members.filter(({ type }) => type.toLowerCase() === WORKSPACE.toLowerCase()))
        await softDeleted.deleteWorkspace(id, signal);
      await known.delete(name, signal);
    },
    byHand: [`az group delete --name ${name} --subscription ${subscription.id} --yes`],
  }));
}

async function locks(owner: Owner, subscription: Subscription): Promise<Remain[]> {
  const { arm } = subscription;
  const found = await Promise.all((await ownGroups(owner, subscription)).map(({ id }) => readLocks(arm, id)));
  return found.flat().map(({ id, name }) => ({
    label: `lock ${name}`,
    remove: () => removed(arm.run({ method: "DELETE", path: id, version: LOCKS })),
    byHand: [`az lock delete --ids ${id}`],
  }));
}

async function ownGroups({ project, groups: names }: Owner, { groups: known }: Subscription): Promise<Group[]> {
  const place = ({ name }: Group) => names.indexOf(name);
  const found = await all(known.withTag(TAG.projectId, project.id));
  return found.sort((one, other) => place(other) - place(one));
}

async function identities(owner: Owner, subscription: Subscription): Promise<Remain[]> {
  return (await ownIdentities(owner, subscription)).map(({ id }) => ({
    label: `identity ${lastOf(id)}`,
    remove: () => removed(subscription.arm.run({ method: "DELETE", path: id, version: IDENTITIES })),
    byHand: [`az identity delete --ids ${id}`],
  }));
}

async function deletedVaults(owner: Owner, { id: subscription, arm, softDeleted }: Subscription): Promise<Remain[]> {
  type Deleted = { name: string; properties: { vaultId: string; location: string } };
  const list = arm.list<Deleted>(`/subscriptions/${subscription}/providers/Microsoft.KeyVault/deletedVaults`, VAULTS);
  const found = (await all(list)).filter(({ properties }) => liesIn(owner, properties.vaultId));
  return found.map(({ name, properties: { location } }) => ({
    label: `deleted vault ${name}`,
    remove: async (signal) => {
      const purged = await softDeleted.purgeVault({ name, location }, signal);
      if (purged.state === "kept") throw new Error(`${purged.why}; Azure keeps it until ${purged.until ?? "later"}`);
    },
    byHand: [`az keyvault purge --name ${name} --location ${location} --subscription ${subscription}`],
  }));
}

type Identity = { id: string; tags?: Record<string, string>; properties: { principalId: string } };

async function ownIdentities({ project }: Names, { id: subscription, arm }: Subscription): Promise<Identity[]> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
  const found = await all(arm.list<Identity>(path, IDENTITIES));
  return found.filter(({ tags }) => tags?.[TAG.projectId] === project.id);
}

/** Names of the groups contain the run's random name; ids of resources know no case. */
function liesIn({ groups: names }: Names, id: string): boolean {
  return names.some((name) => `${id}/`.toLowerCase().includes(`/resourcegroups/${name}/`.toLowerCase()));
}

async function removed(call: Promise<unknown>): Promise<void> {
  await isThere(call);
}

async function isThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function lastOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
