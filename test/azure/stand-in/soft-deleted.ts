import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import type { Resource } from "../../../src/local/store.js";
import type { Core } from "./core.js";
import { pageOf, route, tags } from "./route.js";

const VAULTS = "keyvault/Microsoft.KeyVault/KeyVault/stable/2026-02-01/openapi.json";
const WORKSPACES =
  "operationalinsights/Microsoft.OperationalInsights/OperationalInsights/stable/2025-07-01/openapi.json";
const DELETED =
  "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}";
const WORKSPACE =
  "/subscriptions/{subscriptionId}/resourcegroups/{group}/providers/Microsoft.OperationalInsights/workspaces/{workspace}";
const DAY = 24 * 3600 * 1000;

type Deleted = { name: string; id: string; location: string; tags: Record<string, string>; at: Date };

const deletedVault = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.KeyVault/deletedVaults"),
  properties: z.strictObject({
    vaultId: z.string(),
    location: z.string(),
    deletionDate: z.iso.datetime(),
    scheduledPurgeDate: z.iso.datetime(),
    tags: tags.optional(),
    purgeProtectionEnabled: z.boolean().optional(),
  }),
});
const workspace = z.looseObject({ id: z.string(), name: z.string(), type: z.string(), location: z.string() });

/** What stays behind when vaults and log workspaces are deleted, until it is purged or its time is over. */
export function openSoftDeleted(core: Core) {
  const { store, operations } = core;
  const state = {
    vaults: [] as Deleted[],
    workspaces: [] as Deleted[],
    /** False for an identity without rights on the subscription. */
    mayPurge: true,
  };
  let forced = "";
  store.onChange(({ kind, resource }) => {
    if (kind !== "delete") return;
    if (resource.type === "azurerm_key_vault") state.vaults.push(deleted(resource, core));
    if (resource.type === "azurerm_log_analytics_workspace" && resource.id !== forced)
      state.workspaces.push(deleted(resource, core));
  });
  const find = (name = "") => {
    const found = state.vaults.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    throw new ArmError(404, "DeletedVaultNotFound", `The specified deleted vault '${name}' does not exist.`);
  };
  const routes = [
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/deletedVaults",
      versions: ["2026-02-01"],
      spec: VAULTS,
      responses: { 200: pageOf(deletedVault) },
      answer: () => ({ status: 200, body: { value: state.vaults.map((one) => renderVault(one, core)) } }),
    }),
    route({
      method: "GET",
      path: DELETED,
      versions: ["2026-02-01"],
      spec: VAULTS,
      responses: { 200: deletedVault },
      answer: ({ names }) => ({ status: 200, body: renderVault(find(names.vault), core) }),
    }),
    route({
      method: "POST",
      path: `${DELETED}/purge`,
      versions: ["2026-02-01"],
      spec: VAULTS,
      responses: { 200: null, 202: null },
      answer: (call) => {
        const vault = find(call.names.vault);
        if (!state.mayPurge) {
          const message = `The client '${call.caller?.name}' with object id '${call.caller?.oid}' does not have authorization to perform action 'Microsoft.KeyVault/locations/deletedVaults/purge/action' over scope '${call.path}' or the scope is invalid.`;
          throw new ArmError(403, "AuthorizationFailed", message);
        }
        return operations.accept(call, () => {
          state.vaults = state.vaults.filter((one) => one !== vault);
          // Terraform's provider remembers it too.
          store.delete(
            `/subscriptions/${core.subscriptionId}/providers/Microsoft.KeyVault/deletedVaults/${vault.name}`,
          );
          return { status: 200 };
        });
      },
    }),
    route({
      method: "DELETE",
      path: WORKSPACE,
      versions: ["2025-07-01"],
      query: z.strictObject({ force: z.enum(["true", "false"]).optional() }),
      spec: WORKSPACES,
      responses: { 200: null, 202: null, 204: null },
      answer: (call) => {
        const { group, workspace: name } = call.names;
        const id = `/subscriptions/${core.subscriptionId}/resourceGroups/${group}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
        if (!store.get(id)) return { status: 204 };
        return operations.accept(call, () => {
          forced = call.query.get("force") === "true" ? (store.get(id)?.id ?? "") : "";
          store.delete(id);
          return { status: 200 };
        });
      },
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Microsoft.OperationalInsights/deletedWorkspaces",
      versions: ["2025-07-01"],
      spec: WORKSPACES,
      responses: { 200: pageOf(workspace) },
      answer: () => {
        const type = "Microsoft.OperationalInsights/workspaces";
        return {
          status: 200,
          body: { value: state.workspaces.map(({ id, name, location }) => ({ id, name, location, type })) },
        };
      },
    }),
  ];
  return Object.assign(state, { routes });
}

function deleted({ id, attributes }: Resource, { now }: Core): Deleted {
  const given = (attributes.tags ?? {}) as Record<string, string>;
  const name = id.slice(id.lastIndexOf("/") + 1);
  return { id, name, location: String(attributes.location), tags: given, at: now() };
}

function renderVault({ id, name, location, tags: given, at }: Deleted, core: Core): z.infer<typeof deletedVault> {
  return {
    id: `/subscriptions/${core.subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    name,
    type: "Microsoft.KeyVault/deletedVaults",
    properties: {
      vaultId: id,
      location,
      tags: given,
      deletionDate: at.toISOString(),
      scheduledPurgeDate: new Date(at.getTime() + 7 * DAY).toISOString(),
    },
  };
}
