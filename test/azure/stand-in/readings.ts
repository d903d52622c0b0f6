import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Core } from "./core.js";
import { pageOf, route, uuid } from "./route.js";

type Definition = { name: string; actions: string[]; dataActions?: string[] };
type Assignment = { principalId: string; scope: string; role: string };
type Identity = { id: string; clientId: string; credentials: { name: string; issuer: string; subject: string }[] };

const permission = z.strictObject({
  actions: z.array(z.string()),
  notActions: z.array(z.string()),
  dataActions: z.array(z.string()),
  notDataActions: z.array(z.string()),
});
const provider = z.strictObject({ id: z.string(), namespace: z.string(), registrationState: z.string() });
const assignment = z.strictObject({
  id: z.string(),
  name: uuid,
  type: z.literal("Microsoft.Authorization/roleAssignments"),
  properties: z.strictObject({ roleDefinitionId: z.string(), principalId: uuid, scope: z.string() }),
});
const definition = z.strictObject({
  id: z.string(),
  name: uuid,
  properties: z.strictObject({ roleName: z.string(), type: z.string(), permissions: z.array(permission) }),
});
const resource = z.strictObject({ id: z.string(), name: z.string(), type: z.string(), location: z.string() });
const identity = z.strictObject({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  properties: z.strictObject({ clientId: uuid, principalId: uuid, tenantId: uuid }),
});
const credential = z.strictObject({
  id: z.string(),
  name: z.string(),
  properties: z.strictObject({ issuer: z.url(), subject: z.string(), audiences: z.array(z.string()).length(1) }),
});
const usage = z.strictObject({
  unit: z.literal("Count"),
  currentValue: z.number(),
  limit: z.number(),
  name: z.strictObject({ value: z.string(), localizedValue: z.string() }),
});

const GROUP = "Microsoft.Authorization";

/** What a subscription tells of itself: registrations, roles, identities, quotas. Nothing here can be changed by requests. */
export function openReadings(core: Core) {
  const home = `/subscriptions/${core.subscriptionId}`;
  const readings = {
    providers: {} as Record<string, string>,
    definitions: new Map<string, Definition & { id: string }>(),
    assignments: [] as Assignment[],
    identities: [] as Identity[],
    storageAccounts: [] as string[],
    quota: { used: 1, limit: 15 },
    /** Gives somebody a role, which is made when it is new. */
    give(principalId: string, scope: string, role: Definition): void {
      const id = `${home}/providers/${GROUP}/roleDefinitions/${randomUUID()}`;
      if (!readings.definitions.has(role.name)) readings.definitions.set(role.name, { ...role, id });
      readings.assignments.push({ principalId, scope, role: role.name });
    },
  };
  const list = (value: unknown[]) => ({ status: 200, body: { value } });
  const lastOf = (id: string) => id.split("/").at(-1) ?? "";

  const routes = [
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers",
      versions: ["2021-04-01"],
      spec: "resources/Microsoft.Resources/stable/2021-04-01/resources.json",
      responses: { 200: pageOf(provider) },
      answer: () =>
        list(
          Object.entries(readings.providers).map(([namespace, registrationState]) => {
            return { id: `${home}/providers/${namespace}`, namespace, registrationState };
          }),
        ),
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/resources",
      versions: ["2021-04-01"],
      spec: "resources/Microsoft.Resources/stable/2021-04-01/resources.json",
      query: z.object({
        $filter: z
          .string()
          .regex(/^resourceType eq 'Microsoft\.Storage\/storageAccounts' and name eq '[a-z0-9]{3,24}'$/),
      }),
      responses: { 200: pageOf(resource) },
      answer: ({ query }) => {
        const type = "Microsoft.Storage/storageAccounts";
        const found = readings.storageAccounts.filter((id) => query.get("$filter")?.endsWith(`'${lastOf(id)}'`));
        return list(found.map((id) => ({ id, name: lastOf(id), type, location: "westeurope" })));
      },
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleAssignments",
      versions: ["2022-04-01"],
      spec: "authorization/Microsoft.Authorization/stable/2022-04-01/authorization-RoleAssignmentsCalls.json",
      query: z.object({ $filter: z.string().regex(/^assignedTo\('[0-9a-f-]{36}'\)$/) }),
      responses: { 200: pageOf(assignment) },
      answer: ({ query }) => {
        const held = readings.assignments.filter(({ principalId }) => query.get("$filter")?.includes(principalId));
        return list(
          held.map(({ principalId, scope, role }) => {
            const name = randomUUID();
            const roleDefinitionId = readings.definitions.get(role)?.id ?? "";
            const type = `${GROUP}/roleAssignments`;
            return {
              id: `${scope}/providers/${type}/${name}`,
              name,
              type,
              properties: { roleDefinitionId, principalId, scope },
            };
          }),
        );
      },
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/{role}",
      versions: ["2022-04-01"],
      spec: "authorization/Microsoft.Authorization/stable/2022-04-01/authorization-RoleDefinitionsCalls.json",
      responses: { 200: definition },
      answer: ({ names }) => {
        const found = [...readings.definitions.values()].find(({ id }) => lastOf(id) === names.role);
        if (!found) return { status: 404, body: { error: { code: "RoleDefinitionDoesNotExist", message: "none" } } };
        const { id, name: roleName, actions, dataActions = [] } = found;
        const permissions = [{ actions, notActions: [], dataActions, notDataActions: [] }];
        return {
          status: 200,
          body: { id, name: lastOf(id), properties: { roleName, type: "BuiltInRole", permissions } },
        };
      },
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
      versions: ["2023-01-31"],
      spec: "msi/Microsoft.ManagedIdentity/stable/2023-01-31/ManagedIdentity.json",
      responses: { 200: pageOf(identity) },
      answer: () =>
        list(
          readings.identities.map(({ id, clientId }) => {
            const properties = { clientId, principalId: randomUUID(), tenantId: core.tenantId };
            return { id, name: lastOf(id), location: "westeurope", properties };
          }),
        ),
    }),
    route({
      method: "GET",
      path: "/{+identity}/federatedIdentityCredentials",
      versions: ["2023-01-31"],
      spec: "msi/Microsoft.ManagedIdentity/stable/2023-01-31/ManagedIdentity.json",
      responses: { 200: pageOf(credential) },
      answer: ({ names }) => {
        const found = readings.identities.find(({ id }) => id.toLowerCase() === `/${names.identity}`.toLowerCase());
        const audiences = ["api://AzureADTokenExchange"];
        return list(
          (found?.credentials ?? []).map(({ name, ...trusted }) => {
            const id = `${found?.id}/federatedIdentityCredentials/${name}`;
            return { id, name, properties: { ...trusted, audiences } };
          }),
        );
      },
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.App/locations/{location}/usages",
      versions: ["2025-07-01"],
      spec: "app/Microsoft.App/ContainerApps/stable/2025-07-01/Usages.json",
      responses: { 200: pageOf(usage) },
      answer: () => {
        const { used: currentValue, limit } = readings.quota;
        const name = { value: "ManagedEnvironmentCount", localizedValue: "Managed Environment Count" };
        return list([{ unit: "Count", currentValue, limit, name }]);
      },
    }),
  ];
  return { readings, routes };
}
