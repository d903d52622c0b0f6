import type { FederatedCredential } from "../doctor/facts.js";
import type { Role } from "../doctor/roles.js";
import { PaasError } from "../errors.js";
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

const ARM = "https://management.azure.com";
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

/** @param http bears a token for Resource Manager */
export function openInspection(http: Http, subscriptionId: string): Inspection {
  const home = `/subscriptions/${subscriptionId}`;

  const get = async <T>(trying: string, path: string, query: Record<string, string>): Promise<T> => {
    try {
      const url = `${ARM}${path}?${new URLSearchParams(query)}`;
      return (await http({ method: "GET", url })).body as T;
    } catch (error) {
      throw azureFailure(trying, error);
    }
  };
  const list = async <T>(trying: string, path: string, query: Record<string, string>): Promise<T[]> => {
    type Page = { value: T[]; nextLink?: string };
    const items: T[] = [];
    for (let page = await get<Page>(trying, path, query); ; ) {
      items.push(...page.value);
      if (!page.nextLink) return items;
      const next = new URL(page.nextLink);
      page = await get<Page>(trying, next.pathname, Object.fromEntries(next.searchParams));
    }
  };

  return {
    subscription: async () => {
      type Found = { displayName: string; state: string };
      const query = { "api-version": VERSION.subscriptions };
      const { displayName, state } = await get<Found>("read the subscription", home, query);
      return { name: displayName, state };
    },
    providers: async () => {
      type Provider = { namespace: string; registrationState: string };
      const query = { "api-version": VERSION.resources };
      const found = await list<Provider>("list the resource providers", `${home}/providers`, query);
      return Object.fromEntries(found.map(({ namespace, registrationState }) => [namespace, registrationState]));
    },
    roles: async (objectId) => {
      const query = { "api-version": VERSION.authorization, $filter: `assignedTo('${objectId}')` };
      const path = `${home}/providers/Microsoft.Authorization/roleAssignments`;
      const assignments = await list<RoleAssignment>("list the roles of who is signed in", path, query);
      const ids = [...new Set(assignments.map(({ properties }) => properties.roleDefinitionId))];
      const definitions = new Map(
        await Promise.all(
          ids.map(async (id) => {
            const version = { "api-version": VERSION.authorization };
            return [id, await get<RoleDefinition>(`read the role ${id}`, id, version)] as const;
          }),
        ),
      );
      return assignments.flatMap(({ properties: { roleDefinitionId, scope } }) =>
        rolesOf(definitions.get(roleDefinitionId), scope),
      );
    },
    storageAccountId: async (name) => {
      const filter = `resourceType eq 'Microsoft.Storage/storageAccounts' and name eq '${name}'`;
      const query = { "api-version": VERSION.resources, $filter: filter };
      const [found] = await list<{ id: string }>(`find the state account ${name}`, `${home}/resources`, query);
      return found?.id ?? null;
    },
    credentials: async (clientIds) => {
      const query = { "api-version": VERSION.identity };
      const path = `${home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
      const identities = await list<Identity>("list the identities", path, query);
      const wanted = identities.filter(({ properties }) => clientIds.includes(properties.clientId));
      const read = wanted.map(async ({ id, properties: { clientId } }) => {
        const trying = `list the federated credentials of ${clientId}`;
        const held = await list<Credential>(trying, `${id}/federatedIdentityCredentials`, query);
        return [clientId, held.map(({ name, properties }) => ({ name, ...properties }))] as const;
      });
      return Object.fromEntries(await Promise.all(read));
    },
    quota: async (region) => {
      const query = { "api-version": VERSION.app };
      const path = `${home}/providers/Microsoft.App/locations/${region}/usages`;
      const usages = await list<Usage>(`read the quota of ${region}`, path, query);
      const found = usages.find(({ name }) => name.value === "ManagedEnvironmentCount");
      return found ? { used: found.currentValue, limit: found.limit } : null;
    },
  };
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
  try {
    await http({ method: "GET", url, headers: { "x-ms-version": "2024-11-04", accept: "application/xml" } });
    return true;
  } catch (error) {
    throw error instanceof PaasError ? error : azureFailure(`read the container ${container} of ${account}`, error);
  }
}
