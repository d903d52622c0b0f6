import { EXIT, PaasError } from "../errors.js";
import { fixedEnvironments } from "../manifest/environments.js";
import type { EnvironmentSettings, FixedEnvironment, Manifest } from "../manifest/manifest.js";
import { settingsFor } from "../manifest/settings.js";
import { envIdOf, isPreviewId } from "../naming/envId.js";
import { type NameOwner, resourceName } from "../naming/name.js";
import type { Environment, EnvironmentKind } from "./environment.js";
import { environmentTags } from "./tags.js";

export type EnvironmentRequest = {
  /** The manifest of the commit that is deployed: what runs. */
  manifest: Manifest;
  /** The default branch's manifest: which branch is which environment, its tier and its protection. */
  trusted: Manifest;
  branch: string;
  /** How often this environment id was destroyed before. */
  generation: number;
  subscriptionId: string;
};

/**
 * Everything that a branch becomes.
 * @throws PaasError `branch-name-empty`, `branch-not-an-environment`, `project-changed`, `location-changed`, `manifest-invalid` (exit 2)
 */
export function describeEnvironment(request: EnvironmentRequest): Environment {
  const { manifest, trusted, branch, generation, subscriptionId } = request;
  requireSameProject(manifest, trusted);
  const fixed = fixedEnvironments(trusted);
  const envId = envIdOf(branch, { projectId: trusted.id, fixed });
  const settings = settingsFor(manifest, envId, trusted);
  requirePlatformLocation(settings, trusted);

  const project = { id: trusted.id, name: trusted.name };
  const owner = { project, subscriptionId, envId, generation };
  const identity = { project, envId, branch, kind: environmentKind(branch, fixed), tier: settings.tier, generation };
  return {
    ...identity,
    protected: settings.protected,
    location: settings.location,
    isolation: settings.isolation,
    ttl: settings.ttl,
    resourceGroup: resourceName("resourceGroup", owner),
    tags: environmentTags(identity),
    names: environmentNames(settings, owner),
    services: settings.services.map((service) => ({
      ...service,
      appName: resourceName("containerApp", owner, service.name),
    })),
    state: { container: `tier-${settings.tier}`, key: `state/${envId}.tfstate` },
    record: { container: `tier-${settings.tier}`, key: `envs/${envId}.json` },
  };
}

/** What sort of environment a branch is; the branch has been accepted by `envIdOf`. */
export function environmentKind(branch: string, fixed: readonly Pick<FixedEnvironment, "branch">[]): EnvironmentKind {
  if (fixed.some((environment) => environment.branch === branch)) return "fixed";
  return isPreviewId(branch) ? "preview" : "branch";
}

/** When an environment that was last deployed at `deployed` may be removed; null = never. */
export function expiry(environment: Pick<Environment, "ttl" | "protected">, deployed: Date): Date | null {
  if (environment.ttl === null || environment.protected) return null;
  return new Date(deployed.getTime() + environment.ttl);
}

function environmentNames(settings: EnvironmentSettings, owner: NameOwner): Record<string, string> {
  const secret = settings.services.some((service) => service.secrets.length > 0);
  const dedicated = settings.isolation === "dedicated";
  return {
    resourceGroup: resourceName("resourceGroup", owner),
    identity: resourceName("identity", owner),
    ...(secret ? { keyVault: resourceName("keyVault", owner) } : {}),
    ...(dedicated
      ? {
          logAnalytics: resourceName("logAnalytics", owner),
          containerAppEnvironment: resourceName("containerAppEnvironment", owner),
        }
      : {}),
  };
}

/** A branch that claims to be of another project would otherwise act on that project's resources. */
function requireSameProject(manifest: Manifest, trusted: Manifest): void {
  if (manifest.id === trusted.id && manifest.name === trusted.name) return;
  throw new PaasError("project-changed", "paas.yaml of this branch is of another project than the default branch's", {
    details: [`default branch: ${trusted.name} ${trusted.id}`, `this branch:    ${manifest.name} ${manifest.id}`],
    next: "take name and id from the default branch",
    exit: EXIT.usage,
  });
}

/** The shared platform is where the default branch says; a container app cannot lie in another region. */
function requirePlatformLocation(settings: EnvironmentSettings, trusted: Manifest): void {
  if (settings.isolation === "dedicated" || settings.location === trusted.location) return;
  throw new PaasError(
    "location-changed",
    `the shared platform is in ${trusted.location}, not in ${settings.location}`,
    {
      next: "take the default branch's location, or say isolation: dedicated in paas.yaml",
      exit: EXIT.usage,
    },
  );
}
