import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import type { Core, Subscription } from "./core.js";
import { pageOf, route, uuid } from "./route.js";

const SPEC = "resources/Microsoft.Resources/subscriptions/stable/2022-12-01/subscriptions.json";
const VERSIONS = ["2022-12-01"];

const subscription = z.strictObject({
  id: z.string().regex(/^\/subscriptions\//),
  subscriptionId: uuid,
  displayName: z.string(),
  tenantId: uuid,
  state: z.enum(["Enabled", "Warned", "PastDue", "Disabled", "Deleted"]),
});
const tenant = z.strictObject({ id: z.string(), tenantId: uuid, displayName: z.string(), tenantCategory: z.string() });

/** Subscriptions and tenants that a token reaches. */
export function openSubscriptions(core: Core) {
  const rendered = (one: Subscription) => ({ id: `/subscriptions/${one.subscriptionId}`, ...one });
  return {
    routes: [
      route({
        method: "GET",
        path: "/subscriptions",
        versions: VERSIONS,
        spec: SPEC,
        responses: { 200: pageOf(subscription) },
        answer: ({ caller }) => {
          const own = core.subscriptions.filter(({ tenantId }) => tenantId === caller?.tenantId);
          return { status: 200, body: { value: own.map(rendered) } };
        },
      }),
      route({
        method: "GET",
        path: "/subscriptions/{subscriptionId}",
        versions: VERSIONS,
        spec: SPEC,
        responses: { 200: subscription },
        answer: ({ names }) => {
          const found = core.subscriptions.find(({ subscriptionId }) => subscriptionId === names.subscriptionId);
          if (found) return { status: 200, body: rendered(found) };
          throw new ArmError(
            404,
            "SubscriptionNotFound",
            `The subscription '${names.subscriptionId}' could not be found.`,
          );
        },
      }),
      route({
        method: "GET",
        path: "/tenants",
        versions: VERSIONS,
        spec: SPEC,
        responses: { 200: pageOf(tenant) },
        answer: ({ caller }) => {
          const tenantId = caller?.tenantId ?? "";
          return {
            status: 200,
            body: { value: [{ id: `/tenants/${tenantId}`, tenantId, displayName: "Acme", tenantCategory: "Home" }] },
          };
        },
      }),
    ],
  };
}
