import type { FederatedCredential } from "../doctor/facts.js";
import type { Role } from "../doctor/roles.js";
import type { Arm } from "./arm.js";
import type { Http } from "./client.js";
import { azureFailure } from "./failure.js";

/** Reads of a subscription that tell whether paas can work in it; none of them changes anything. */
export type Inspection = {
  subscription(): Promise<{ name: string; state: string }>;
  providers(): Promise<Record<string, string>>;
  /** Roles of a person or application (its object id), those of its groups included. */
  roles(objectId: string): Promise<Role[]>;
  /** Id of a storage account; null when it is not in the subscription, or not to be seen. */
  storageAccountId(name: string): Promise<string | null>;
  /** Federated credentials of the identities that have these client ids; those that are not there are left out. */
  credentials(clientIds: readonly string[]): Promise<Record<string, FederatedCredential[]>>;
  /** Container Apps environments in a region; null where Azure does not tell. */
  quota(region: string): Promise<{ used: number; limit: number } | null>;
};

/** `api-version`s of the reads, by resource provider. */
const VERSION = {
  subscriptions: "2022-12-01",
  resources: "2021-04-01",
  authorization: "2022-04-01",
  identity: "2023-01-31",
  app: "2025-07-01",
} as const;

type RoleAssignment = { properties: { roleDefinitionId: string; scope: string } };
type RoleDefinition = { properties: { roleName: string; permissions: Partial<Role>[] } };
type Identity = { id: string; properties: { clientId: string } };
type Credential = { name: string; properties: { issuer: string; subject: string; audiences: string[] } };
type Usage = { name: { value: string }; currentValue: number; limit: number };

export function openInspection(arm: Arm, subscriptionId: string): Inspection {
  const home = `/subscriptions/${subscriptionId}`;
  const get = <T>(trying: string, path: string, version: string) => inWords(trying, arm.get<T>(path, version));
  const list = <T>(trying: string, path: string, version: string) => inWords(trying, all(arm.list<T>(path, version)));

  return {
    subscription: async () => {
      type Found = { displayName: string; state: string };
      const { displayName, state } = await get<Found>("read the subscription", home, VERSION.subscriptions);
      return { name: displayName, state };
    },
    providers: async () => {
      type Provider = { namespace: string; registrationState: string };
      const found = await list<Provider>("list the resource providers", `${home}/providers`, VERSION.resources);
      return Object.fromEntries(found.map(({ namespace, registrationState }) => [namespace, registrationState]));
    },
    roles: async (objectId) => {
      const path = `${home}/providers/Microsoft.Authorization/roleAssignments${filter(`assignedTo('${objectId}')`)}`;
      const trying = "list the roles of who is signed in";
      const assignments = await list<RoleAssignment>(trying, path, VERSION.authorization);
      const ids = [...new Set(assignments.map(({ properties }) => properties.roleDefinitionId))];
      const definitions = new Map(
        await Promise.all(
          ids.map(async (id) => {
            return [id, await get<RoleDefinition>(`read the role ${id}`, id, VERSION.authorization)] as const;
          }),
        ),
      );
      return assignments.flatMap(({ properties: { roleDefinitionId, scope } }) =>
        rolesOf(definitions.get(roleDefinitionId), scope),
      );
    },
    storageAccountId: async (name) => {
      const wanted = filter(`resourceType eq 'Microsoft.Storage/storageAccounts' and name eq '${name}'`);
      const path = `${home}/resources${wanted}`;
      const [found] = await list<{ id: string }>(`find the state account ${name}`, path, VERSION.resources);
      return found?.id ?? null;
    },
    credentials: async (clientIds) => {
      const path = `${home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
      const identities = await list<Identity>("list the identities", path, VERSION.identity);
      const wanted = identities.filter(({ properties }) => clientIds.includes(properties.clientId));
      const read = wanted.map(async ({ id, properties: { clientId } }) => {
        const trying = `list the federated credentials of ${clientId}`;
        const held = await list<Credential>(trying, `${id}/federatedIdentityCredentials`, VERSION.identity);
        return [clientId, held.map(({ name, properties }) => ({ name, ...properties }))] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    },
    quota: async (region) => {
      const path = `${home}/providers/Microsoft.App/locations/${region}/usages`;
      const usages = await list<Usage>(`read the quota of ${region}`, path, VERSION.app);
      const found = usages.find(({ name }) => name.value === "ManagedEnvironmentCount");
      return found ? { used: found.currentValue, limit: found.limit } : null;
    },
  };
}

async function inWords<T>(trying: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw azureFailure(trying, error);
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function filter(expression: string): string {
  return `?${new URLSearchParams({ $filter: expression })}`;
}

function rolesOf(definition: RoleDefinition | undefined, scope: string): Role[] {
  const { roleName, permissions } = definition?.properties ?? { roleName: "", permissions: [] };
  return permissions.map(({ actions = [], notActions = [], dataActions = [], notDataActions = [] }) => {
    return { name: roleName, scope, actions, notActions, dataActions, notDataActions };
  });
}

/**
 * Reads the properties of a container of the state account.
 * @param http bears a token for storage
 * @throws PaasError in the words of the table: a firewall, a missing role, a missing container
 */
export async function readContainer(http: Http, account: string, container: string): Promise<true> {
  const url = `https://${account}.blob.core.windows.net/${container}?restype=container&comp=list&maxresults=1`;
  const call = http({ method: "GET", url, headers: { "x-ms-version": "2024-11-04", accept: "application/xml" } });
  await inWords(`read the container ${container} of ${account}`, call);
  return true;
}
