import type { Manifest, PlatformBlock, Tier } from "../manifest/manifest.js";
import { accountIn, placeOf, withTier } from "../manifest/tier-place.js";
import { type NameOwner, resourceName } from "../naming/name.js";
import { stateAccountName } from "../naming/state-account.js";
import type { Platform } from "./environment.js";
import { TAG } from "./tags.js";

/** Names of what a tier shares, by kind. The state account is that of all tiers in one subscription. */
export type PlatformNames = {
  resourceGroup: string;
  logAnalytics: string;
  containerAppEnvironment: string;
  containerRegistry: string;
  pullIdentity: string;
  stateAccount: string;
};

/** What the platform stack makes of a project's tier. A pure value, like Environment. */
export type PlatformDescription = {
  project: { id: string; name: string };
  tier: Tier;
  location: string;
  resourceGroup: string;
  tags: Record<string, string>;
  names: PlatformNames;
};

export type PlatformRequest = { manifest: Manifest; tier: Tier; subscriptionId: string };

/** The shared platform of one tier: `rg-<project>-platform-<tier>` and what lies in it. */
export function describePlatform({ manifest, tier, subscriptionId }: PlatformRequest): PlatformDescription {
  const project = { id: manifest.id, name: manifest.name };
  const owner: NameOwner = { project, subscriptionId, envId: `platform-${tier}`, generation: 0 };
  const resourceGroup = resourceName("resourceGroup", owner);
  return {
    project,
    tier,
    location: manifest.location,
    resourceGroup,
    tags: {
      [TAG.projectId]: project.id,
      [TAG.project]: project.name,
      [TAG.kind]: "platform",
      [TAG.tier]: tier,
    },
    names: {
      resourceGroup,
      logAnalytics: resourceName("logAnalytics", owner),
      containerAppEnvironment: resourceName("containerAppEnvironment", owner),
      containerRegistry: resourceName("containerRegistry", owner),
      pullIdentity: resourceName("pullIdentity", owner),
      stateAccount: accountIn(manifest.platform, subscriptionId) ?? stateAccountName(project, subscriptionId),
    },
  };
}

/**
 * The `platform:` block that a project has or will have once a tier lies in a subscription: names and ids that are known
 * before anything is made.
 */
export function platformBlockFor(
  manifest: Manifest,
  { tier, subscriptionId, tenantId }: { tier: Tier; subscriptionId: string; tenantId: string },
  stateAccount: string | null = null,
): PlatformBlock {
  const known = manifest.platform;
  const account = stateAccount ?? accountIn(known, subscriptionId) ?? stateAccountName(manifest, subscriptionId);
  const place = { subscription: subscriptionId, stateAccount: account };
  return known
    ? { ...withTier(known, tier, place), tenant: tenantId }
    : { tenant: tenantId, ...place, identities: {}, tiers: {} };
}

/** Subscription that a tier's environments lie in; where nothing is noted yet, `otherwise`. */
export function subscriptionOf({ platform }: Manifest, tier: Tier, otherwise: string): string {
  return platform ? placeOf(platform, tier).subscription : otherwise;
}

/** Where the described platform is, once it has been made. */
export function platformOf(description: PlatformDescription, subscriptionId: string, tenantId: string): Platform {
  const { resourceGroup, names } = description;
  const id = (type: string, name: string) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${type}/${name}`;
  return {
    subscriptionId,
    tenantId,
    stateAccount: names.stateAccount,
    resourceGroup,
    containerAppEnvironmentId: id("Microsoft.App/managedEnvironments", names.containerAppEnvironment),
    logAnalyticsWorkspaceId: id("Microsoft.OperationalInsights/workspaces", names.logAnalytics),
    registryId: id("Microsoft.ContainerRegistry/registries", names.containerRegistry),
    registryServer: `${names.containerRegistry}.azurecr.io`,
    pullIdentityId: id("Microsoft.ManagedIdentity/userAssignedIdentities", names.pullIdentity),
  };
}
