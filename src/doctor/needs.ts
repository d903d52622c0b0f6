import { type PlatformDescription, platformOf } from "../environment/platform.js";
import type { Tier } from "../manifest/manifest.js";
import type { Need } from "./roles.js";

/** Resource providers of everything that paas makes. */
export const PROVIDERS = [
  "Microsoft.App",
  "Microsoft.ContainerRegistry",
  "Microsoft.KeyVault",
  "Microsoft.ManagedIdentity",
  "Microsoft.OperationalInsights",
  "Microsoft.Storage",
] as const;

/**
 * What `up` and `destroy` of a tier's environments do with the rights of who runs them.
 * @param stateAccountId null where the account is not to be seen, which another check tells
 */
export function needsOf(
  platform: PlatformDescription,
  subscriptionId: string,
  tenantId: string,
  stateAccountId: string | null,
): Need[] {
  const { registryId, pullIdentityId } = platformOf(platform, subscriptionId, tenantId);
  const subscription = `/subscriptions/${subscriptionId}`;
  return [
    {
      purpose: "make and delete resource groups",
      scope: subscription,
      action: "Microsoft.Resources/subscriptions/resourceGroups/write",
      role: "Contributor",
    },
    {
      purpose: "make and change container apps",
      scope: subscription,
      action: "Microsoft.App/containerApps/write",
      role: "Contributor",
    },
    ...(stateAccountId === null ? [] : [stateNeed(platform.tier, stateAccountId)]),
    {
      purpose: `push images of tier ${platform.tier}`,
      scope: registryId,
      action: "Microsoft.ContainerRegistry/registries/push/write",
      role: "AcrPush",
    },
    {
      purpose: `let apps of tier ${platform.tier} pull with the pull identity`,
      scope: pullIdentityId,
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
      role: "Managed Identity Operator",
    },
  ];
}

function stateNeed(tier: Tier, stateAccountId: string): Need {
  return {
    purpose: `read and write the state of tier ${tier}`,
    scope: `${stateAccountId}/blobServices/default/containers/tier-${tier}`,
    action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    data: true,
    role: "Storage Blob Data Contributor",
  };
}
