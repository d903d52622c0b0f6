import { z } from "zod";
import { isFields } from "../../../src/local/arm/fields.js";
import type { Resource } from "../../../src/local/store.js";
import type { Core } from "./core.js";
import { type Answer, route } from "./route.js";

/** Domain that the Container Apps environments of the stand-in give their apps. */
export const APPS = "happyrock.westeurope.azurecontainerapps.io";

/** What runs in a container: its environment in, what it answers to a request out. */
export type App = (environment: Record<string, string>) => unknown;

/**
 * The public ingress of container apps. No image is run: a test says what every app answers, from the environment of
 * the container that takes requests.
 */
export function openIngress(core: Core, secretsOf: (vault: string) => Record<string, string>) {
  const state = { app: null as App | null };
  const answer = (name: string): Answer => {
    const found = core.store.list("azurerm_container_app").find(({ attributes }) => attributes.name === name);
    if (!found) return { status: 404, body: { error: { code: "AppNotFound", message: `there is no ${name}` } } };
    const serving = core.store.history(found.id)?.revisions.find((one) => one.state === "ready");
    if (!serving || !state.app)
      return { status: 503, body: { error: { code: "NothingServes", message: "upstream connect error" } } };
    return { status: 200, body: state.app(environmentOf(found, serving.template, secretsOf)) };
  };
  const get = route({
    method: "GET",
    host: `{app}.${APPS}`,
    path: "/",
    versions: null,
    spec: "the app's own",
    audience: null,
    responses: { 200: z.unknown() },
    answer: ({ names }) => answer(names.app ?? ""),
  });
  return { routes: [get], state };
}

/** As Azure resolves it: values as they are, secrets from the vaults that they refer to. */
function environmentOf(
  { attributes }: Resource,
  template: Record<string, unknown>,
  secretsOf: (vault: string) => Record<string, string>,
): Record<string, string> {
  const [container] = blocks(template.container);
  const secrets = Object.fromEntries(
    blocks(attributes.secret).map(({ name, key_vault_secret_id: id }) => {
      const [, vault = "", secret = ""] = /^https:\/\/([^.]+)\.[^/]+\/secrets\/([^/]+)/.exec(String(id)) ?? [];
      return [String(name), secretsOf(vault)[secret] ?? ""];
    }),
  );
  const variables = blocks(container?.env).map(({ name, value, secret_name: secret }) => {
    return [String(name), secret ? (secrets[String(secret)] ?? "") : String(value ?? "")];
  });
  return Object.fromEntries(variables);
}

function blocks(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
