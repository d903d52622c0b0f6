import { bootstrapNames } from "../bootstrap/names.js";
import { PROVIDERS as REGISTERED } from "../bootstrap/plan.js";
import { ENVIRONMENT_RIGHTS, planRole } from "../bootstrap/roles.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import type { ExpectedIdentity } from "./identities.js";
import type { Need } from "./roles.js";

/** Resource providers of everything that paas makes. */
export const PROVIDERS = REGISTERED.map(([namespace]) => namespace);

/** The project, and the subscription that it is in. */
export type Place = { manifest: Manifest; subscriptionId: string; tenantId: string };

/**
 * What `up` and `destroy` of a tier's environments do with the rights of who runs them: all that the role for a shared
 * subscription consists of, and what bootstrap grants beside it.
 */
export function needsOf(tier: Tier, place: Place): Need[] {
  const { platform, containerId } = bootstrapNames({ ...place, tier });
  const subscription = `/subscriptions/${place.subscriptionId}`;
  const ofEnvironments = ENVIRONMENT_RIGHTS.flatMap(({ purpose, actions }) =>
    actions.map((action): Need => ({ purpose, scope: subscription, action, role: "Contributor" })),
  );
  return [
    ...ofEnvironments,
    {
      purpose: `read and write the state of tier ${tier}`,
      scope: containerId,
      action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
      data: true,
      role: "Storage Blob Data Contributor",
    },
    {
      purpose: `push images of tier ${tier}`,
      scope: platform.registryId,
      action: "Microsoft.ContainerRegistry/registries/push/write",
      role: "AcrPush",
    },
    {
      purpose: `let apps of tier ${tier} pull with the pull identity`,
      scope: platform.pullIdentityId,
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
      role: "Managed Identity Operator",
    },
  ];
}

/** What an identity of the workflows, or of the apps, has to be allowed. */
export function needsOfIdentity({ purpose, tier }: ExpectedIdentity, place: Place): Need[] {
  const { platform, containerId } = bootstrapNames({ ...place, tier });
  if (purpose === "pull") {
    const action = "Microsoft.ContainerRegistry/registries/pull/read";
    return [{ purpose: `pull images of tier ${tier}`, scope: platform.registryId, action, role: "AcrPull" }];
  }
  if (purpose === "plan") return planNeeds(place, containerId);
  const action = "Microsoft.ContainerRegistry/registries/artifacts/delete";
  const tidy = { purpose: `delete images of tier ${tier}`, scope: platform.registryId, action, role: "AcrDelete" };
  return [...needsOf(tier, place), tidy];
}

function planNeeds({ manifest, subscriptionId }: Place, containerId: string): Need[] {
  const role = planRole({ project: manifest, subscriptionId }).name;
  const scope = `/subscriptions/${subscriptionId}`;
  return [
    { purpose: "see what is there", scope, action: "Microsoft.App/containerApps/read", role },
    {
      purpose: "see which secrets apps refer to",
      scope,
      action: "Microsoft.App/containerApps/listSecrets/action",
      role,
    },
    {
      purpose: "read states",
      scope: containerId,
      action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      data: true,
      role: "Storage Blob Data Reader",
    },
  ];
}
