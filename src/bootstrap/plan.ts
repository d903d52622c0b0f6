import { describePlatform, subscriptionOf } from "../environment/platform.js";
import { environmentsOf, githubSteps, MOST_FEDERATIONS } from "./github.js";
import { identitySteps, roleSteps } from "./identities.js";
import { type BootstrapRequest, bootstrapNames, type Names } from "./names.js";
import { inGroup, inSubscription } from "./place.js";
import { accountSteps, ownAccess } from "./states.js";
import type { BootstrapPlan, Place, Step } from "./step.js";

/** What has to be registered before resources of these kinds can be made. */
export const PROVIDERS: readonly [namespace: string, why: string][] = [
  ["Microsoft.App", "container apps"],
  ["Microsoft.OperationalInsights", "logs"],
  ["Microsoft.ContainerRegistry", "images"],
  ["Microsoft.ManagedIdentity", "identities"],
  ["Microsoft.KeyVault", "secrets"],
  ["Microsoft.Storage", "states"],
];

/** Everything that `paas bootstrap` makes, grants and registers for one tier, in the order in which it is done. */
export function planBootstrap(request: BootstrapRequest): BootstrapPlan {
  const names = bootstrapNames(request);
  return {
    tier: request.tier,
    steps: [
      ...providerSteps(request),
      ...accountSteps(request, names),
      ...ownAccess(request, names),
      ...platformSteps(request, names),
      ...identitySteps(request, names),
      ...roleSteps(request, names),
      ...githubSteps(request, names),
      manifestStep(),
    ],
    warnings: warningsFor(request),
  };
}

function providerSteps({ subscriptionId }: BootstrapRequest): Step[] {
  const scope = `/subscriptions/${subscriptionId}`;
  return PROVIDERS.map(([namespace, why]) => {
    return { kind: "provider", place: inSubscription(subscriptionId), name: namespace, namespace, scope, why };
  });
}

function platformSteps({ manifest, tier, subscriptionId }: BootstrapRequest, { platform }: Names): Step[] {
  const { names } = describePlatform({ manifest, tier, subscriptionId });
  const place = inGroup(platform.resourceGroup);
  return [
    {
      kind: "stack",
      place,
      name: "platform stack",
      scope: `/subscriptions/${subscriptionId}/resourceGroups/${platform.resourceGroup}`,
      resources: [names.logAnalytics, names.containerAppEnvironment, names.containerRegistry, names.pullIdentity],
      why: "applied by Terraform from infra/: logs, Container Apps environment, registry, pull identity",
    },
    {
      kind: "registry",
      place,
      name: names.containerRegistry,
      scope: platform.registryId,
      mode: "LegacyRegistryPermissions",
      why: "roles count for the whole registry",
    },
  ];
}

function manifestStep(): Step {
  const place: Place = { kind: "file", name: "paas.yaml" };
  return { kind: "manifest", place, name: "platform:", scope: "paas.yaml", why: "tells every command where it all is" };
}

function warningsFor({ shared, tier, subscriptionId, manifest, github }: BootstrapRequest): string[] {
  const warnings: string[] = [];
  if (shared) {
    warnings.push(
      `workflows may delete every resource group of subscription ${subscriptionId} that is not locked: Azure cannot limit a role to names`,
    );
  }
  if (tier === "prod" && subscriptionOf(manifest, "nonprod", subscriptionId) === subscriptionId) {
    warnings.push(
      "prod shares this subscription with nonprod: whoever may push a branch can reach it; a subscription of its own (`--subscription <id>`) is the safe boundary",
    );
  }
  const federations = environmentsOf(manifest, tier, "").length;
  if (github && federations > MOST_FEDERATIONS) {
    warnings.push(`${federations} GitHub environments trust one identity, and Azure admits ${MOST_FEDERATIONS}`);
  }
  return warnings;
}
