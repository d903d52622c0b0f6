import type { ContainerEnv } from "../cloud.js";
import type { Service } from "../manifest/manifest.js";
import { urlVariable } from "../manifest/rules.js";
import { secretName } from "../naming/secret.js";
import type { Environment } from "./environment.js";

export type VariablesRequest = {
  environment: Pick<Environment, "envId" | "branch">;
  service: Pick<Service, "name" | "port" | "env" | "secrets">;
  /** Full commit id. */
  commit: string;
  /** URL of every service of the environment, by name. */
  addresses: Record<string, string>;
};

/**
 * The environment variables of a service's container: the manifest's, where the other services are, what it is a part
 * of, and its secrets by reference.
 */
export function injectedEnv({ environment, service, commit, addresses }: VariablesRequest): ContainerEnv[] {
  const others = Object.entries(addresses).filter(([name]) => name !== service.name);
  const variables = [
    ...Object.entries(service.env),
    ...others.map(([name, url]) => [urlVariable(name), url] as const),
    ["PAAS_ENVIRONMENT", environment.envId],
    ["PAAS_BRANCH", environment.branch],
    ["PAAS_COMMIT", commit],
    ["PAAS_SERVICE", service.name],
    ["PORT", String(service.port)],
  ] as const;
  return [
    ...variables.map(([name, value]) => ({ name, value })),
    ...service.secrets.map((name) => ({ name, secretRef: secretName(name) })),
  ];
}
