import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ArmError, resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import type { Directory } from "./directory.js";
import type { Registrations } from "./registrations.js";
import { pageOf, route, tags, uuid } from "./route.js";

const VERSIONS = ["2024-11-30"];
/** What doctor reads by; the lists are the same in both. */
const LISTS = [...VERSIONS, "2023-01-31"];
const SPEC = "msi/Microsoft.ManagedIdentity/ManagedIdentity/stable/2024-11-30/ManagedIdentity.json";
const TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities";
const IDENTITY = `/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/${TYPE}/{identity}`;
const MOST_CREDENTIALS = 20;

const identity = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal(TYPE),
  location: z.string(),
  tags: tags.optional(),
  properties: z.strictObject({ tenantId: uuid, principalId: uuid, clientId: uuid }),
});
const credential = z.strictObject({
  properties: z.strictObject({
    issuer: z.url(),
    subject: z.string().min(1),
    audiences: z.tuple([z.literal("api://AzureADTokenExchange")]),
  }),
});
const namedCredential = credential.extend({ id: z.string(), name: z.string(), type: z.string() });

/** User-assigned identities and whose tokens they take; who they are is known to Entra, too. */
export function openIdentities(core: Core, directory: Directory, registrations: Registrations) {
  const { store } = core;
  const credentials = new Map<string, z.infer<typeof credential>>();
  const idOf = (names: Record<string, string>) =>
    `/subscriptions/${core.subscriptionId}/resourceGroups/${names.group}/providers/${TYPE}/${names.identity}`;
  const keyOf = (names: Record<string, string>) =>
    `${idOf(names)}/federatedIdentityCredentials/${names.credential}`.toLowerCase();
  const require = (names: Record<string, string>) => {
    const found = store.get(idOf(names));
    if (!found) throw resourceNotFound(TYPE, names.identity ?? "", names.group ?? "");
    return found;
  };
  const rendered = (names: Record<string, string>) => {
    const { id, attributes } = require(names);
    const { principal_id: principalId, client_id: clientId, location, tags: given = {} } = attributes;
    const properties = { tenantId: core.tenantId, principalId, clientId };
    return { id, name: names.identity, type: TYPE, location, tags: given, properties };
  };
  const renderedCredential = (names: Record<string, string>) => {
    const found = credentials.get(keyOf(names));
    if (!found)
      throw resourceNotFound(`${TYPE}/federatedIdentityCredentials`, names.credential ?? "", names.group ?? "");
    const id = `${idOf(names)}/federatedIdentityCredentials/${names.credential}`;
    return { id, name: names.credential, type: `${TYPE}/federatedIdentityCredentials`, ...found };
  };
  const routes = [
    route({
      method: "GET",
      path: IDENTITY,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: identity },
      answer: ({ names }) => ({ status: 200, body: rendered(names) }),
    }),
    route({
      method: "PUT",
      path: IDENTITY,
      versions: VERSIONS,
      spec: SPEC,
      request: z.strictObject({ location: z.string(), tags: tags.optional() }),
      responses: { 200: identity, 201: identity },
      answer: ({ names, body }) => {
        registrations.require("Microsoft.ManagedIdentity");
        const known = store.get(idOf(names))?.attributes;
        const [clientId, oid] = [known?.client_id ?? randomUUID(), known?.principal_id ?? randomUUID()];
        const attributes = {
          name: names.identity ?? "",
          resource_group_name: names.group ?? "",
          location: body.location,
          tags: body.tags ?? {},
          client_id: clientId,
          principal_id: oid,
          tenant_id: core.tenantId,
        };
        store.put({ id: idOf(names), type: "azurerm_user_assigned_identity", attributes });
        if (!known) {
          const federated = { tenantId: core.tenantId, secret: null, certificate: null, federated: [] };
          directory.applications.push({ clientId: String(clientId), oid: String(oid), ...federated });
        }
        return { status: known ? 200 : 201, body: rendered(names) };
      },
    }),
    route({
      method: "DELETE",
      path: IDENTITY,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: null, 204: null },
      answer: ({ names }) => {
        const known = store.get(idOf(names));
        if (!known) return { status: 204 };
        store.delete(known.id);
        for (const key of credentials.keys()) if (key.startsWith(`${known.id}/`.toLowerCase())) credentials.delete(key);
        return { status: 200 };
      },
    }),
    route({
      method: "GET",
      path: `/subscriptions/{subscriptionId}/providers/${TYPE}`,
      versions: LISTS,
      spec: SPEC,
      responses: { 200: pageOf(identity) },
      answer: () => {
        const value = store.list("azurerm_user_assigned_identity").map(({ id }) => {
          const [, group = "", name = ""] = /\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id) ?? [];
          return rendered({ group, identity: name });
        });
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      path: `${IDENTITY}/federatedIdentityCredentials`,
      versions: LISTS,
      spec: SPEC,
      responses: { 200: pageOf(namedCredential) },
      answer: ({ names }) => {
        const prefix = `${idOf(names)}/federatedIdentityCredentials/`.toLowerCase();
        const found = [...credentials.keys()].filter((key) => key.startsWith(prefix));
        const value = found.map((key) => renderedCredential({ ...names, credential: key.slice(prefix.length) }));
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      path: `${IDENTITY}/federatedIdentityCredentials/{credential}`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: namedCredential },
      answer: ({ names }) => ({ status: 200, body: renderedCredential(names) }),
    }),
    route({
      method: "PUT",
      path: `${IDENTITY}/federatedIdentityCredentials/{credential}`,
      versions: VERSIONS,
      spec: SPEC,
      request: credential,
      responses: { 200: namedCredential, 201: namedCredential },
      answer: ({ names, body }) => {
        const { id, attributes } = require(names);
        const own = [...credentials].filter(([key]) => key.startsWith(`${id}/`.toLowerCase()));
        const { issuer, subject, audiences } = body.properties;
        const twin = own.find(
          ([key, { properties: at }]) => key !== keyOf(names) && at.subject === subject && at.issuer === issuer,
        );
        if (twin) {
          const message = "Issuer and subject combination already exists for this Managed Identity.";
          throw new ArmError(409, "FederatedIdentityCredentialAlreadyExists", message);
        }
        const known = credentials.has(keyOf(names));
        if (!known && own.length >= MOST_CREDENTIALS)
          throw new ArmError(400, "FederatedIdentityCredentialCountLimitExceeded", "Too many federated credentials.");
        credentials.set(keyOf(names), body);
        const application = directory.applications.find(({ clientId }) => clientId === attributes.client_id);
        application?.federated.push({ issuer, subject, audience: audiences[0] });
        return { status: known ? 200 : 201, body: renderedCredential(names) };
      },
    }),
  ];
  return { routes, credentials };
}
