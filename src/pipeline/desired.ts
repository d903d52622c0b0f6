import { createHash } from "node:crypto";
import { type Container, configKey, containerOf, type SecretReference } from "../azure/container.js";
import type { Cloud, ContainerEnv } from "../cloud.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import { injectedEnv } from "../environment/variables.js";
import { secretName } from "../naming/secret.js";

/** What the services of an environment run with, besides their images. */
export type Surroundings = {
  environment: Environment;
  commit: string;
  /** Where each service is reached by the others, by name. */
  addresses: Record<string, string>;
  /** Base URL of the environment's vault; null when no service has secrets. */
  vaultUri: string | null;
  /** Of the vault's values, by name; see `Cloud`. */
  secretVersions: Record<string, string>;
  /** ARM id of the environment's identity, which reads the vault. */
  identityId: string;
};

/** The container of a service as deploy sets it; `key` tells it from others as long as the image is the same. */
export type Desired = { container: Container; secrets: SecretReference[]; key: string };

/**
 * Asks where the services are and adds what follows from the environment alone.
 * @param vaultUri the stack's output `key_vault_uri`
 */
export async function surroundingsOf(
  environment: Environment,
  commit: string,
  vaultUri: unknown,
  cloud: Cloud,
): Promise<Surroundings> {
  const addresses: Record<string, string> = {};
  for (const service of environment.services) {
    addresses[service.name] = await cloud.serviceAddress(environment, service);
  }
  return {
    environment,
    commit,
    addresses,
    vaultUri: typeof vaultUri === "string" && vaultUri !== "" ? vaultUri : null,
    secretVersions: environment.services.some(({ secrets }) => secrets.length > 0)
      ? await cloud.vault.of(environment).versions()
      : {},
    identityId: identityId(environment, cloud.subscriptionId),
  };
}

/** @param image reference by digest */
export function desiredOf(service: EnvironmentService, image: string, surroundings: Surroundings): Desired {
  const env = [...injectedEnv({ service, ...surroundings }), ...secretsVersion(service, surroundings)];
  const container = containerOf(service, image, env);
  const secrets = secretsOf(service, surroundings);
  return { container, secrets, key: configKey(container, secrets) };
}

/** An app reads its secrets when it starts, so a changed value has to change something that it is started with. */
function secretsVersion({ secrets }: EnvironmentService, { secretVersions }: Surroundings): ContainerEnv[] {
  if (secrets.length === 0) return [];
  const versions = secrets.map((name) => `${name} ${secretVersions[name] ?? ""}`).sort();
  const value = createHash("sha256").update(versions.join("\n")).digest("hex").slice(0, 16);
  return [{ name: "PAAS_SECRETS_VERSION", value }];
}

function secretsOf(service: EnvironmentService, { vaultUri, identityId }: Surroundings): SecretReference[] {
  if (vaultUri === null) return [];
  return service.secrets.map((name) => ({
    name: secretName(name),
    keyVaultUrl: `${vaultUri}secrets/${secretName(name)}`,
    identity: identityId,
  }));
}

function identityId({ resourceGroup, names }: Environment, subscriptionId: string): string {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${names.identity}`;
}
