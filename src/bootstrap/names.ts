import { describePlatform, platformOf } from "../environment/platform.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { resourceName } from "../naming/name.js";
import type { Principal } from "./step.js";

/** What is known before anything is planned; all of it is read, none of it changed. */
export type BootstrapRequest = {
  manifest: Manifest;
  tier: Tier;
  subscriptionId: string;
  tenantId: string;
  /** Others have resource groups there too: workflows get a narrow role in place of Contributor. */
  shared: boolean;
  person: Extract<Principal, { kind: "person" }>;
  defaultBranch: string;
  /** Null where GitHub cannot be asked: then its part is left for later. */
  github: { repository: string; issuer: string; subjectPrefix: string } | null;
};

export type Names = ReturnType<typeof bootstrapNames>;

/** What bootstrap makes beside the platform stack, by name and id. */
export function bootstrapNames({
  manifest,
  tier,
  subscriptionId,
  tenantId,
}: Pick<BootstrapRequest, "manifest" | "tier" | "subscriptionId" | "tenantId">) {
  const owner = { project: manifest, subscriptionId, envId: "platform", generation: 0 };
  const platform = platformOf(describePlatform({ manifest, tier, subscriptionId }), subscriptionId, tenantId);
  const group = resourceName("resourceGroup", owner);
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
  const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/${platform.stateAccount}`;
  const identity = (purpose: string) => {
    const name = resourceName("identity", { ...owner, envId: purpose });
    return { name, id: `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`, purpose };
  };
  return {
    platform,
    group,
    groupId,
    accountId,
    container: `tier-${tier}`,
    containerId: `${accountId}/blobServices/default/containers/tier-${tier}`,
    deployer: identity(tier),
    /** Plans pull requests; there is one, and it sees the states of nonprod alone. */
    planner: tier === "nonprod" ? identity("plan") : null,
  };
}
