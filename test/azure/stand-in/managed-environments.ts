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

/** Container Apps environments, as Terraform has made them, and how many there may be in a region. */
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
  const state = { limit: 15, routes: [get] };
  const usages = route({
    method: "GET",
    path: "/subscriptions/{subscriptionId}/providers/Microsoft.App/locations/{location}/usages",
    versions: ["2025-07-01"],
    spec: "app/Microsoft.App/ContainerApps/stable/2025-07-01/Usages.json",
    responses: { 200: pageOf(usage) },
    answer: ({ names: { location } }) => {
      const made = store.list("azurerm_container_app_environment");
      const currentValue = made.filter(({ attributes }) => attributes.location === location).length;
      const name = { value: "ManagedEnvironmentCount", localizedValue: "Managed Environment Count" };
      return { status: 200, body: { value: [{ unit: "Count", currentValue, limit: state.limit, name }] } };
    },
  });
  state.routes.push(usages);
  return state;
}
