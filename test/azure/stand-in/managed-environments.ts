import { z } from "zod";
import { resourceNotFound } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import { pageOf, route, tags } from "./route.js";

const SPEC = "app/Microsoft.App/ContainerApps/stable/2025-07-01/ManagedEnvironments.json";
const TYPE = "Microsoft.App/managedEnvironments";

const environment = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal(TYPE),
  location: z.string(),
  tags: tags.optional(),
  properties: z.looseObject({
    provisioningState: z.enum(["Succeeded", "Failed", "Canceled", "Waiting", "InfrastructureSetupInProgress"]),
    defaultDomain: z.string().optional(),
  }),
});

const usage = z.strictObject({
  unit: z.literal("Count"),
  currentValue: z.number(),
  limit: z.number(),
  name: z.strictObject({ value: z.string(), localizedValue: z.string() }),
});
/** Of one region, in a subscription of no special kind. */
const LIMIT = 15;

/** Container Apps environments, as Terraform has made them. */
export function openManagedEnvironments({ store, subscriptionId }: Core) {
  const get = route({
    method: "GET",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App/managedEnvironments/{name}",
    versions: ["2025-07-01"],
    spec: SPEC,
    responses: { 200: environment },
    answer: ({ names: { group = "", name = "" } }) => {
      const found = store.get(`/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${TYPE}/${name}`);
      if (!found) throw resourceNotFound(TYPE, name, group);
      const { location, default_domain: defaultDomain, tags: given = {} } = found.attributes;
      const properties = { provisioningState: "Succeeded", defaultDomain };
      return { status: 200, body: { id: found.id, name, type: TYPE, location, tags: given, properties } };
    },
  });
  const usages = route({
    method: "GET",
    path: "/subscriptions/{subscriptionId}/providers/Microsoft.App/locations/{location}/usages",
    versions: ["2025-07-01"],
    spec: SPEC.replace("ManagedEnvironments", "Usages"),
    responses: { 200: pageOf(usage) },
    answer: () => {
      const currentValue = store.list("azurerm_container_app_environment").length;
      const name = { value: "ManagedEnvironmentCount", localizedValue: "Managed Environment Count" };
      return { status: 200, body: { value: [{ unit: "Count", currentValue, limit: LIMIT, name }] } };
    },
  });
  return { routes: [get, usages] };
}
