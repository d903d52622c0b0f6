import { z } from "zod";
import { ArmError, resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import { route } from "./route.js";

const ARM = "keyvault/Microsoft.KeyVault/KeyVault/stable/2026-02-01/openapi.json";
const DATA = "keyvault/data-plane/Secrets/stable/2025-07-01/secrets.json";
const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers";
const TYPE = "Microsoft.KeyVault/vaults";
const VERSIONS = ["2025-07-01"];
const AUDIENCE = "https://vault.azure.net";
const HOST = "{vault}.vault.azure.net";

const policy = z.strictObject({
  tenantId: z.uuid(),
  objectId: z.uuid(),
  permissions: z.strictObject({ secrets: z.array(z.enum(["get", "list", "set", "delete", "purge"])) }),
});
const properties = z.strictObject({
  tenantId: z.uuid(),
  sku: z.strictObject({ family: z.literal("A"), name: z.enum(["standard", "premium"]) }),
  accessPolicies: z.array(policy).optional(),
  enableRbacAuthorization: z.boolean(),
  enableSoftDelete: z.boolean().optional(),
  softDeleteRetentionInDays: z.number().int().min(7).max(90),
  createMode: z.enum(["default", "recover"]).optional(),
  vaultUri: z.url().optional(),
  provisioningState: z.enum(["Succeeded", "RegisteringDns"]).optional(),
});
const vault = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal(TYPE),
  location: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  properties,
});
const attributes = z.strictObject({ enabled: z.boolean(), created: z.number().int(), updated: z.number().int() });
const tags = z.record(z.string(), z.string());
const item = z.strictObject({ id: z.url(), attributes, tags: tags.optional() });
const bundle = item.extend({ value: z.string() });
const deletedBundle = item.extend({ recoveryId: z.url(), deletedDate: z.number(), scheduledPurgeDate: z.number() });

type Secret = { value: string; tags: Record<string, string>; updated: number };
type Policy = z.infer<typeof policy>;

/**
 * Vaults and the secrets in them. They let in by policy: those of vaults that Terraform has made are in the store, and
 * name whoever `core.terraform.objectId` is.
 */
export function openVaults(core: Core, softDeleted: { vaults: { name: string }[] }) {
  const { store, subscriptionId } = core;
  const secrets = new Map<string, Map<string, Secret>>();
  const deleted = new Map<string, Map<string, Secret>>();
  const policies = new Map<string, Policy[]>();
  const state = {
    /** Requests to the data plane that are still refused, as for a vault made a moment ago. */
    unsettled: 0,
    /** Names that are somebody else's. */
    taken: [] as string[],
    secrets: (name: string) =>
      Object.fromEntries([...(secrets.get(name) ?? [])].map(([key, { value }]) => [key, value])),
    /** Who a vault that was made through Resource Manager lets in. */
    policies,
  };
  const idOf = (group = "", name = "") =>
    `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${TYPE}/${name}`;
  const render = (group = "", name = ""): z.infer<typeof vault> => {
    const found = store.get(idOf(group, name));
    if (!found) throw resourceNotFound(TYPE, name, group);
    const { location } = found.attributes;
    return {
      id: found.id,
      name,
      type: TYPE,
      location: String(location),
      properties: {
        tenantId: core.tenantId,
        sku: { family: "A", name: "standard" },
        accessPolicies: policiesOf(name).map((one) => ({ tenantId: core.tenantId, ...one })),
        enableRbacAuthorization: false,
        softDeleteRetentionInDays: 7,
        vaultUri: `https://${name}.vault.azure.net/`,
        provisioningState: "Succeeded",
      },
    };
  };
  const policiesOf = (name: string): Pick<Policy, "objectId" | "permissions">[] => {
    const known = policies.get(name);
    if (known) return known;
    const made = store.list("azurerm_key_vault").find(({ id }) => id.toLowerCase().endsWith(`/${name.toLowerCase()}`));
    const blocks = (made?.attributes.access_policy ?? []) as { object_id: string; secret_permissions: string[] }[];
    return blocks.map(({ object_id: objectId, secret_permissions: secrets }) => ({
      objectId,
      permissions: { secrets: secrets.map((one) => one.toLowerCase()) as Policy["permissions"]["secrets"] },
    }));
  };
  const opened = (
    name: string,
    caller: { oid: string } | null,
    permission: Policy["permissions"]["secrets"][number],
  ) => {
    const exists = store
      .list("azurerm_key_vault")
      .some(({ id }) => id.toLowerCase().endsWith(`/${name.toLowerCase()}`));
    if (!exists) throw new ArmError(404, "VaultNotFound", `no vault ${name}`);
    const held = policiesOf(name).find(({ objectId }) => objectId === caller?.oid)?.permissions.secrets;
    state.unsettled -= 1;
    if (state.unsettled >= 0 || !held?.includes(permission))
      throw new ArmError(
        403,
        "Forbidden",
        `The user, group or application does not have secrets ${permission} permission`,
      );
    const found = secrets.get(name) ?? new Map<string, Secret>();
    secrets.set(name, found);
    return found;
  };
  const itemOf = (host: string, name: string, { tags: given, updated }: Secret) => ({
    id: `https://${host}.vault.azure.net/secrets/${name}`,
    attributes: { enabled: true, created: updated, updated },
    tags: given,
  });
  const notFound = (name: string) =>
    new ArmError(404, "SecretNotFound", `A secret with (name/id) ${name} was not found`);

  const arm = [
    route({
      method: "GET",
      path: `${GROUP}/${TYPE}/{vault}`,
      versions: ["2026-02-01"],
      spec: ARM,
      responses: { 200: vault },
      answer: ({ names }) => ({ status: 200, body: render(names.group, names.vault) }),
    }),
    route({
      method: "PUT",
      path: `${GROUP}/${TYPE}/{vault}`,
      versions: ["2026-02-01"],
      spec: ARM,
      request: z.strictObject({ location: z.string(), tags: tags.optional(), properties }),
      responses: { 200: vault, 201: vault },
      answer: ({ names: { group = "", vault: name = "" }, body }) => {
        if (!store.get(`/subscriptions/${subscriptionId}/resourceGroups/${group}`))
          throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
        if (state.taken.includes(name))
          throw new ArmError(409, "VaultAlreadyExists", `The vault name '${name}' is already in use.`);
        const isDeleted = softDeleted.vaults.some((one) => one.name === name);
        if (isDeleted !== (body.properties.createMode === "recover"))
          throw new ArmError(409, "ConflictError", `A vault with the same name already exists in deleted state.`);
        softDeleted.vaults.splice(
          0,
          softDeleted.vaults.length,
          ...softDeleted.vaults.filter((one) => one.name !== name),
        );
        const attributes = { name, location: body.location, tags: body.tags ?? {} };
        store.put({ id: idOf(group, name), type: "azurerm_key_vault", attributes });
        policies.set(name, body.properties.accessPolicies ?? []);
        return { status: 201, body: render(group, name) };
      },
    }),
    route({
      method: "PUT",
      path: `${GROUP}/${TYPE}/{vault}/accessPolicies/add`,
      versions: ["2026-02-01"],
      spec: ARM,
      request: z.strictObject({ properties: z.strictObject({ accessPolicies: z.array(policy) }) }),
      responses: { 200: z.looseObject({}), 201: z.looseObject({}) },
      answer: ({ names: { vault: name = "" }, body }) => {
        policies.set(name, [...(policies.get(name) ?? []), ...body.properties.accessPolicies]);
        return { status: 200, body: { properties: body.properties } };
      },
    }),
  ];
  const data = [
    route({
      method: "GET",
      host: HOST,
      path: "/secrets",
      versions: VERSIONS,
      query: z.strictObject({ $skiptoken: z.string().optional() }),
      spec: DATA,
      audience: AUDIENCE,
      responses: { 200: z.strictObject({ value: z.array(item), nextLink: z.url().nullable() }) },
      answer: ({ names: { vault: host = "" }, caller, query }) => {
        const all = [...opened(host, caller, "list")];
        const from = Number(query.get("$skiptoken") ?? 0);
        const more = from + 2 < all.length;
        const nextLink = more
          ? `https://${host}.vault.azure.net/secrets?api-version=2025-07-01&$skiptoken=${from + 2}`
          : null;
        const value = all.slice(from, from + 2).map(([name, secret]) => itemOf(host, name, secret));
        return { status: 200, body: { value, nextLink } };
      },
    }),
    route({
      method: "GET",
      host: HOST,
      path: "/secrets/{name}",
      versions: VERSIONS,
      spec: DATA,
      audience: AUDIENCE,
      responses: { 200: bundle },
      answer: ({ names: { vault: host = "", name = "" }, caller }) => {
        const secret = opened(host, caller, "get").get(name);
        if (!secret) throw notFound(name);
        return { status: 200, body: { ...itemOf(host, name, secret), value: secret.value } };
      },
    }),
    route({
      method: "PUT",
      host: HOST,
      path: "/secrets/{name}",
      versions: VERSIONS,
      spec: DATA,
      audience: AUDIENCE,
      request: z.strictObject({ value: z.string().max(25_000), tags: tags.optional() }),
      responses: { 200: bundle },
      answer: ({ names: { vault: host = "", name = "" }, caller, body }) => {
        const found = opened(host, caller, "set");
        if (deleted.get(host)?.has(name))
          throw new ArmError(409, "Conflict", `Secret ${name} is currently in a deleted but recoverable state`);
        const secret = { value: body.value, tags: body.tags ?? {}, updated: Math.floor(core.now().getTime() / 1000) };
        found.set(name, secret);
        return { status: 200, body: { ...itemOf(host, name, secret), value: body.value } };
      },
    }),
    route({
      method: "DELETE",
      host: HOST,
      path: "/secrets/{name}",
      versions: VERSIONS,
      spec: DATA,
      audience: AUDIENCE,
      responses: { 200: deletedBundle },
      answer: ({ names: { vault: host = "", name = "" }, caller }) => {
        const found = opened(host, caller, "delete");
        const secret = found.get(name);
        if (!secret) throw notFound(name);
        found.delete(name);
        deleted.set(host, (deleted.get(host) ?? new Map<string, Secret>()).set(name, secret));
        const recovery = {
          recoveryId: `https://${host}.vault.azure.net/deletedsecrets/${name}`,
          deletedDate: secret.updated,
        };
        return {
          status: 200,
          body: { ...itemOf(host, name, secret), ...recovery, scheduledPurgeDate: secret.updated },
        };
      },
    }),
    route({
      method: "DELETE",
      host: HOST,
      path: "/deletedsecrets/{name}",
      versions: VERSIONS,
      spec: DATA,
      audience: AUDIENCE,
      responses: { 204: null },
      answer: ({ names: { vault: host = "", name = "" }, caller }) => {
        opened(host, caller, "purge");
        if (!deleted.get(host)?.delete(name)) throw notFound(name);
        return { status: 204 };
      },
    }),
  ];
  return Object.assign(state, { routes: [...arm, ...data] });
}
