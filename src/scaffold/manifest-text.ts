import { Document, type YAMLMap } from "yaml";
import type { Runtime } from "../manifest/manifest.js";

export type ServiceAnswer = {
  name: string;
  path: string;
  runtime: Runtime;
  port: number;
  health: string;
  env: Record<string, string>;
};

/** All that `paas.yaml` needs to know. */
export type Answers = { name: string; location: string; services: ServiceAnswer[] };

/** Where the JSON Schema lies in the user's repository, so that editors find it without a network. */
export const SCHEMA_FILE = "infra/paas.schema.json";

const OVERLAY_EXAMPLE = ` What is different in an environment, by its id or a pattern; later ones win:
 environments:
   alice: { services: { SERVICE: { env: { LOG_LEVEL: debug } } } }
   prod: { branch: main, tier: prod, protected: true }`;

/**
 * The text of a new `paas.yaml`.
 * @param id 26 base32 characters
 */
export function renderManifest({ name, location, services }: Answers, id: string): string {
  const document = new Document({
    name,
    id,
    location,
    services: Object.fromEntries(services.map((service) => [service.name, serviceFields(service)])),
  });
  document.commentBefore = ` yaml-language-server: $schema=${SCHEMA_FILE}`;
  const top = document.contents as YAMLMap<{ value: string }, { comment?: string | null }>;
  const idValue = document.get("id", true) as { comment?: string | null };
  idValue.comment = " made once, never changed: every name is derived from it";
  for (const pair of top.items) {
    if (pair.key.value === "services") Object.assign(pair.key, { spaceBefore: true });
  }
  document.comment = OVERLAY_EXAMPLE.replace("SERVICE", services[0]?.name ?? "web");
  return document.toString({ lineWidth: 0 });
}

function serviceFields({ path, runtime, port, health, env }: ServiceAnswer): Record<string, unknown> {
  return { path, runtime, port, health, ...(Object.keys(env).length > 0 ? { env } : {}) };
}
