import { z } from "zod";
import { ArmError, resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import type { Registrations } from "./registrations.js";
import { type Answer, pageOf, route, tags } from "./route.js";

const VERSIONS = ["2024-01-01"];
const SPEC = "storage/Microsoft.Storage/Storage/stable/2024-01-01";
const TYPE = "Microsoft.Storage/storageAccounts";
const ACCOUNT = `/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/${TYPE}/{account}`;

const properties = z.strictObject({
  allowSharedKeyAccess: z.boolean().optional(),
  defaultToOAuthAuthentication: z.boolean().optional(),
  allowBlobPublicAccess: z.boolean().optional(),
  supportsHttpsTrafficOnly: z.boolean().optional(),
  minimumTlsVersion: z.enum(["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"]).optional(),
});
const creation = z.strictObject({
  kind: z.enum(["StorageV2", "BlobStorage", "BlockBlobStorage"]),
  sku: z.strictObject({ name: z.enum(["Standard_LRS", "Standard_GRS", "Standard_ZRS"]) }),
  location: z.string(),
  tags: tags.optional(),
  properties: properties.optional(),
});
const account = creation.extend({
  id: z.string(),
  name: z.string().regex(/^[a-z0-9]{3,24}$/),
  type: z.literal(TYPE),
  properties: properties.extend({ provisioningState: z.literal("Succeeded") }),
});
const kept = z.strictObject({ enabled: z.boolean(), days: z.int().min(1).max(365).optional() });
const service = z.strictObject({
  properties: z.strictObject({
    isVersioningEnabled: z.boolean().optional(),
    deleteRetentionPolicy: kept.optional(),
    containerDeleteRetentionPolicy: kept.optional(),
  }),
});
const age = z.strictObject({ daysAfterCreationGreaterThan: z.int().min(0) });
const policy = z.strictObject({
  properties: z.strictObject({
    policy: z.strictObject({
      rules: z.array(
        z.strictObject({
          enabled: z.boolean(),
          name: z.string(),
          type: z.literal("Lifecycle"),
          definition: z.strictObject({
            actions: z.strictObject({ version: z.strictObject({ delete: age }).optional() }),
            filters: z.strictObject({ blobTypes: z.array(z.enum(["blockBlob", "appendBlob"])) }),
          }),
        }),
      ),
    }),
  }),
});
const container = z.strictObject({
  properties: z.strictObject({ publicAccess: z.enum(["None", "Blob", "Container"]) }),
});
const listed = z.strictObject({ id: z.string(), name: z.string(), type: z.literal(TYPE), location: z.string() });
const named = { id: z.string(), name: z.string(), type: z.string() };

/** Storage accounts: how they are set up. What is in them is Azurite's. */
export function openStorageAccounts(core: Core, registrations: Registrations) {
  const { store, operations } = core;
  /** Names that somebody elsewhere in Azure has. */
  const taken = new Set<string>();
  const idOf = (names: Record<string, string>) =>
    `/subscriptions/${core.subscriptionId}/resourceGroups/${names.group}/providers/${TYPE}/${names.account}`;
  const require = (names: Record<string, string>) => {
    const found = store.get(idOf(names));
    if (!found) throw resourceNotFound(TYPE, names.account ?? "", names.group ?? "");
    return found;
  };
  const rendered = (names: Record<string, string>) => {
    const { id, attributes } = require(names);
    return { id, name: names.account, type: TYPE, ...(attributes.arm as object) };
  };
  /** What lies under an account is kept with it, by path. */
  const part = (names: Record<string, string>, path: string, type: string): Answer => {
    const found = (require(names).attributes.parts as Record<string, object>)[path];
    if (!found) throw resourceNotFound(type, path, names.group ?? "");
    const id = `${idOf(names)}/${path}`;
    return { status: 200, body: { id, name: path.split("/").at(-1), type, ...found } };
  };
  const setPart = (names: Record<string, string>, path: string, type: string, body: object): Answer => {
    const { id, type: kind, attributes } = require(names);
    const parts = { ...(attributes.parts as object), [path]: body };
    store.put({ id, type: kind, attributes: { ...attributes, parts } });
    return part(names, path, type);
  };
  const write = (names: Record<string, string>, arm: Record<string, unknown>) => {
    const parts = store.get(idOf(names))?.attributes.parts ?? { "blobServices/default": { properties: {} } };
    const attributes = { name: names.account, resource_group_name: names.group, tags: arm.tags, arm, parts };
    store.put({ id: idOf(names), type: "azurerm_storage_account", attributes: JSON.parse(JSON.stringify(attributes)) });
  };
  const partRoutes = (path: string, schema: z.ZodObject, file: string, type: string, first: 200 | 201 = 200) => [
    route({
      method: "GET",
      path: `${ACCOUNT}/${path}`,
      versions: VERSIONS,
      spec: `${SPEC}/${file}`,
      responses: { 200: schema.extend(named) },
      answer: ({ names }) => part(names, path.replace("{container}", names.container ?? ""), type),
    }),
    route({
      method: "PUT",
      path: `${ACCOUNT}/${path}`,
      versions: VERSIONS,
      spec: `${SPEC}/${file}`,
      request: schema,
      responses: { 200: schema.extend(named), 201: schema.extend(named) },
      answer: ({ names, body }) => {
        const place = path.replace("{container}", names.container ?? "");
        return { ...setPart(names, place, type, body), status: first };
      },
    }),
  ];
  const routes = [
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/resources",
      versions: ["2021-04-01"],
      spec: "resources/Microsoft.Resources/stable/2021-04-01/resources.json",
      query: z.strictObject({ $filter: z.string().regex(/^resourceType eq '[\w./]+' and name eq '[a-z0-9]{3,24}'$/) }),
      responses: { 200: pageOf(listed) },
      answer: ({ query }) => {
        const name = /name eq '(.*)'/.exec(query.get("$filter") ?? "")?.[1];
        const found = store.list("azurerm_storage_account").filter(({ attributes }) => attributes.name === name);
        const value = found.map(({ id, attributes }) => {
          return { id, name, type: TYPE, location: (attributes.arm as { location: string }).location };
        });
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      path: ACCOUNT,
      versions: VERSIONS,
      spec: `${SPEC}/storage.json`,
      responses: { 200: account },
      answer: ({ names }) => ({ status: 200, body: rendered(names) }),
    }),
    route({
      method: "PUT",
      path: ACCOUNT,
      versions: VERSIONS,
      spec: `${SPEC}/storage.json`,
      request: creation,
      responses: { 200: account, 202: null },
      answer: (call) => {
        const { names, body } = call;
        registrations.require("Microsoft.Storage");
        if (taken.has(names.account ?? "")) {
          const message = `The storage account named ${names.account} is already taken.`;
          throw new ArmError(409, "StorageAccountAlreadyTaken", message);
        }
        if (!store.get(idOf(names).split("/providers/")[0] ?? ""))
          throw new ArmError(404, "ResourceGroupNotFound", `Resource group '${names.group}' could not be found.`);
        return operations.accept(call, () => {
          write(names, { ...body, properties: { ...body.properties, provisioningState: "Succeeded" } });
          return { status: 200, body: rendered(names) };
        });
      },
    }),
    route({
      method: "PATCH",
      path: ACCOUNT,
      versions: VERSIONS,
      spec: `${SPEC}/storage.json`,
      request: z.strictObject({ properties }),
      responses: { 200: account },
      answer: ({ names, body }) => {
        const known = require(names).attributes.arm as { properties: object };
        write(names, { ...known, properties: { ...known.properties, ...body.properties } });
        return { status: 200, body: rendered(names) };
      },
    }),
    ...partRoutes("blobServices/default", service, "blob.json", `${TYPE}/blobServices`),
    ...partRoutes("managementPolicies/default", policy, "managementpolicy.json", `${TYPE}/managementPolicies`),
    ...partRoutes(
      "blobServices/default/containers/{container}",
      container,
      "blob.json",
      `${TYPE}/blobServices/containers`,
      201,
    ),
  ];
  return { routes, taken };
}
