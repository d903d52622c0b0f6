import { z } from "zod";
import { resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import { route, tags } from "./route.js";

const VERSIONS = ["2025-11-01"];
const SPEC = "containerregistry/Microsoft.ContainerRegistry/Registry/stable/2025-11-01/containerregistry.json";
const TYPE = "Microsoft.ContainerRegistry/registries";
const REGISTRY = `/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/${TYPE}/{registry}`;

const mode = z.enum(["LegacyRegistryPermissions", "AbacRepositoryPermissions"]);
const registry = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal(TYPE),
  location: z.string(),
  sku: z.strictObject({ name: z.string() }),
  tags: tags.optional(),
  properties: z.looseObject({ loginServer: z.string(), roleAssignmentMode: mode.optional() }),
});

/** Container registries, as Terraform has made them. */
export function openRegistries(core: Core) {
  const modes = new Map<string, z.infer<typeof mode>>();
  const rendered = (names: Record<string, string>) => {
    const { group = "", registry: name = "" } = names;
    const found = core.store.get(
      `/subscriptions/${core.subscriptionId}/resourceGroups/${group}/providers/${TYPE}/${name}`,
    );
    if (!found) throw resourceNotFound(TYPE, name, group);
    const { location, sku, tags: given = {} } = found.attributes;
    const roleAssignmentMode = modes.get(found.id.toLowerCase());
    const properties = { loginServer: `${name}.azurecr.io`, ...(roleAssignmentMode ? { roleAssignmentMode } : {}) };
    return { id: found.id, name, type: TYPE, location, sku: { name: sku }, tags: given, properties };
  };
  const routes = [
    route({
      method: "GET",
      path: REGISTRY,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: registry },
      answer: ({ names }) => ({ status: 200, body: rendered(names) }),
    }),
    route({
      method: "PATCH",
      path: REGISTRY,
      versions: VERSIONS,
      spec: SPEC,
      request: z.strictObject({ properties: z.strictObject({ roleAssignmentMode: mode }) }),
      responses: { 200: registry },
      answer: ({ names, body }) => {
        modes.set(rendered(names).id.toLowerCase(), body.properties.roleAssignmentMode);
        return { status: 200, body: rendered(names) };
      },
    }),
  ];
  return { routes, modes };
}
