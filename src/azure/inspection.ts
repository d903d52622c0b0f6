import type { FederatedCredential, FoundIdentity } from "../doctor/facts.js";
import type { Role } from "../doctor/roles.js";
import type { Arm } from "./arm.js";
import type { Http } from "./client.js";
import { azureFailure, orNull } from "./failure.js";

/** Reads of a subscription that tell whether paas can work in it; none of them changes anything. */
export type Inspection = {
  subscription(): Promise<{ name: string; state: string }>;
  providers(): Promise<Record<string, string>>;
  /** Roles of a person or application (its object id), those of its groups included. */
  roles(objectId: string): Promise<Role[]>;
  /** Whether a storage account is there, and may be seen. */
  hasAccount(id: string): Promise<boolean>;
  /** Every user-assigned identity, by id. */
  identities(): Promise<IdentityAt[]>;
  /** What an identity trusts and holds. */
  identity(at: IdentityAt): Promise<FoundIdentity>;
  /** Container Apps environments in a region; null where Azure does not tell. */
  quota(region: string): Promise<{ used: number; limit: number } | null>;
};

/** Where an identity is, and who. */
export type IdentityAt = { id: string; clientId: string; principalId: string };

/** `api-version`s of the reads, by resource provider. */
const VERSION = {
  subscriptions: "2022-12-01",
  resources: "2025-04-01",
  authorization: "2022-04-01",
  identity: "2024-11-30",
  storage: "2024-01-01",
  app: "2025-07-01",
} as const;

type RoleAssignment = { properties: { roleDefinitionId: string; scope: string } };
type RoleDefinition = { properties: { roleName: string; permissions: Partial<Role>[] } };
type Identity = { id: string; properties: { clientId: string; principalId: string } };
type Credential = { name: string; properties: Omit<FederatedCredential, "name"> };
type Usage = { name: { value: string }; currentValue: number; limit: number };

export function openInspection(arm: Arm, subscriptionId: string): Inspection {
  const home = `/subscriptions/${subscriptionId}`;
  const get = <T>(trying: string, path: string, version: string) => inWords(trying, arm.get<T>(path, version));
  const list = <T>(trying: string, path: string, version: string) => inWords(trying, all(arm.list<T>(path, version)));
  const known = new Map<string, Promise<RoleDefinition>>();
  const definition = (id: string) => {
    const asked = known.get(id) ?? get<RoleDefinition>(`read the role ${id}`, id, VERSION.authorization);
    known.set(id, asked);
    return asked;
  };
  const roles = async (objectId: string) => {
    const path = `${home}/providers/Microsoft.Authorization/roleAssignments${filter(`assignedTo('${objectId}')`)}`;
    const assignments = await list<RoleAssignment>(`list the roles of ${objectId}`, path, VERSION.authorization);
    const held = assignments.map(async ({ properties: { roleDefinitionId, scope } }) =>
      rolesOf(await definition(roleDefinitionId), scope),
    );
    return (await Promise.all(held)).flat();
  };

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
    roles,
    hasAccount: async (id) => (await orNull(`read ${id}`, arm.get(id, VERSION.storage))) !== null,
    identities: async () => {
      const path = `${home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
      const found = await list<Identity>("list the identities", path, VERSION.identity);
      return found.map(({ id, properties: { clientId, principalId } }) => ({ id, clientId, principalId }));
    },
    identity: async ({ id, clientId, principalId }) => {
      const trying = `list the federated credentials of ${clientId}`;
      const [held, given] = await Promise.all([
        list<Credential>(trying, `${id}/federatedIdentityCredentials`, VERSION.identity),
        roles(principalId),
      ]);
      const credentials = held.map(({ name, properties: { issuer, subject, audiences } }) => {
        return { name, issuer, subject, audiences };
      });
      return { clientId, principalId, credentials, roles: given };
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

function rolesOf({ properties: { roleName, permissions } }: RoleDefinition, scope: string): Role[] {
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
