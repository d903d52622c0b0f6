import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment, EnvironmentService, Platform } from "../../src/environment/environment.js";
import type { PlatformDescription } from "../../src/environment/platform.js";
import { type Synthesis, synthesise } from "../../src/terraform/synth.js";

export const INFRA = fileURLToPath(new URL("../../templates/infra", import.meta.url));

/** The repository's own packages, where the bindings are. */
export const NODE_MODULES = path.resolve(
  path.dirname(createRequire(import.meta.url).resolve("cdktf/package.json")),
  "..",
);

export type Block = Record<string, unknown>;
export type Configuration = {
  terraform: { backend: Record<string, Block>; required_providers: Record<string, Block> };
  provider: { azurerm: [Block & { features: [Record<string, [Block]>] }] };
  data?: Record<string, Record<string, Block>>;
  resource: Record<string, Record<string, Block>>;
  output: Record<string, { value: unknown }>;
};

export const PLATFORM: Platform = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  tenantId: "00000000-0000-4000-8000-0000000000ff",
  stateAccount: "stshop",
  resourceGroup: "rg-shop-platform-nonprod",
  containerAppEnvironmentId: "/subscriptions/s/resourceGroups/p/providers/Microsoft.App/managedEnvironments/cae",
  logAnalyticsWorkspaceId: "/subscriptions/s/resourceGroups/p/providers/Microsoft.OperationalInsights/workspaces/log",
  registryId: "/subscriptions/s/resourceGroups/p/providers/Microsoft.ContainerRegistry/registries/crshop",
  registryServer: "crshop.azurecr.io",
  pullIdentityId: "/subscriptions/s/resourceGroups/p/providers/Microsoft.ManagedIdentity/userAssignedIdentities/pull",
};

export const PLATFORM_DESCRIPTION: PlatformDescription = {
  project: { id: "7kq2mzt5aaaaaaaaaaaaaaaaaa", name: "shop" },
  tier: "nonprod",
  location: "westeurope",
  resourceGroup: "rg-shop-platform-nonprod",
  tags: { "paas-project": "shop", "paas-kind": "platform" },
  names: {
    resourceGroup: "rg-shop-platform-nonprod",
    logAnalytics: "log-shop-nonprod",
    containerAppEnvironment: "cae-shop-nonprod",
    containerRegistry: "crshopabcdefgh",
    pullIdentity: "id-shop-pull-nonprod",
    stateAccount: "stshop",
  },
};

export function service(name: string, changes: Partial<EnvironmentService> = {}): EnvironmentService {
  return {
    name,
    appName: `ca-${name}-abcdefgh`,
    path: ".",
    runtime: "node",
    compute: "container-app",
    port: 8080,
    internal: false,
    cpu: 0.5,
    memory: "1Gi",
    scale: { min: 0, max: 3 },
    health: "/healthz",
    startup: 60,
    env: { LOG_LEVEL: "info" },
    secrets: [],
    release: null,
    domain: null,
    ...changes,
  };
}

export function environment(changes: Partial<Environment> = {}): Environment {
  return {
    project: PLATFORM_DESCRIPTION.project,
    envId: "alice",
    branch: "env-alice",
    kind: "branch",
    tier: "nonprod",
    protected: false,
    generation: 0,
    location: "westeurope",
    isolation: "shared",
    ttl: null,
    resourceGroup: "rg-shop-alice",
    tags: { "paas-project": "shop", "paas-env": "alice" },
    names: {
      identity: "id-shop-alice",
      keyVault: "kv-abcdefgh",
      logAnalytics: "log-shop-alice",
      containerAppEnvironment: "cae-shop-alice",
    },
    services: [service("web")],
    state: { container: "tier-nonprod", key: "state/alice.tfstate" },
    record: { container: "tier-nonprod", key: "envs/alice.json" },
    ...changes,
  };
}

/** A reference to an attribute, as Terraform JSON writes it. */
export function ref(attribute: string): string {
  return `\${${attribute}}`;
}

/** What the template makes of an environment. */
export function synthesiseEnvironment(changes: Partial<Environment> = {}): Promise<Configuration> {
  const file = { schemaVersion: 1, stack: "environment", environment: environment(changes), platform: PLATFORM };
  return inFolder(async (folder) => parse(await run(folder, file)));
}

/** What the template makes of the shared platform. */
export function synthesisePlatform(): Promise<Configuration> {
  const file = { schemaVersion: 1, stack: "platform", platform: PLATFORM_DESCRIPTION };
  return inFolder(async (folder) => parse(await run(folder, file)));
}

/** Synthesises a CDKTF app for the environment file's content; the work folder is `folder/work`. */
export function run(folder: string, content: unknown, infra = INFRA): Promise<Synthesis> {
  const environmentFile = path.join(folder, "environment.json");
  fs.writeFileSync(environmentFile, JSON.stringify(content));
  return synthesise({ infra, work: path.join(folder, "work"), environmentFile, nodeModules: NODE_MODULES });
}

/** Runs `body` with a temporary folder, which is gone afterwards. */
export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "paas-infra-")));
  try {
    return await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function parse({ file }: Synthesis): Configuration {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Configuration;
}
