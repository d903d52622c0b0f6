import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import { pageOf, route } from "./route.js";

const SPEC = "resources/Microsoft.Resources/resources/stable/2025-04-01/resources.json";
const VERSIONS = ["2025-04-01"];
const PROVIDER = "/subscriptions/{subscriptionId}/providers/{namespace}";

const provider = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  registrationState: z.enum(["NotRegistered", "Registering", "Registered", "Unregistering"]),
});

export type Registrations = ReturnType<typeof openRegistrations>;

/** Which resource providers a subscription has; registering one is done when it has been asked for once more. */
export function openRegistrations(core: Core) {
  const states = new Map<string, "Registering" | "Registered">();
  /** Namespaces as they were asked for first. */
  const written = new Map<string, string>();
  const rendered = (namespace: string) => {
    const registrationState = states.get(namespace.toLowerCase()) ?? "NotRegistered";
    return { id: `/subscriptions/${core.subscriptionId}/providers/${namespace}`, namespace, registrationState };
  };
  const routes = [
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers",
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: pageOf(provider) },
      answer: () => ({ status: 200, body: { value: [...written.values()].map(rendered) } }),
    }),
    route({
      method: "GET",
      path: PROVIDER,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: provider },
      answer: ({ names: { namespace = "" } }) => {
        const body = rendered(namespace);
        if (body.registrationState === "Registering") states.set(namespace.toLowerCase(), "Registered");
        return { status: 200, body };
      },
    }),
    route({
      method: "POST",
      path: `${PROVIDER}/register`,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: provider },
      answer: ({ names: { namespace = "" } }) => {
        states.set(namespace.toLowerCase(), "Registering");
        written.set(namespace.toLowerCase(), namespace);
        return { status: 200, body: rendered(namespace) };
      },
    }),
  ];
  return {
    routes,
    /** As in a subscription that something was made in before. */
    add: (namespace: string) => {
      states.set(namespace.toLowerCase(), "Registered");
      written.set(namespace.toLowerCase(), namespace);
    },
    /** As for every resource of a provider that is not there. */
    require: (namespace: string) => {
      if (states.get(namespace.toLowerCase()) === "Registered") return;
      const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
      throw new ArmError(409, "MissingSubscriptionRegistration", message);
    },
  };
}
