import { bootstrapNames } from "../../src/bootstrap/names.js";
import { deployerRole, planRole } from "../../src/bootstrap/roles.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { describePlatform } from "../../src/environment/platform.js";
import type { Manifest } from "../../src/manifest/manifest.js";
import { resourceName } from "../../src/naming/name.js";

/** Everything of a run that has a name of its own in the subscription; all of it is known before any of it is made. */
export type Names = {
  project: { id: string; name: string };
  location: string;
  groups: string[];
  stateAccount: string;
  registry: string;
  vaults: string[];
  /** Ids of role definitions of our own. */
  roles: string[];
};

export function namesOf(manifest: Manifest, branch: string, subscriptionId: string, tenantId: string): Names {
  const { id, name, location } = manifest;
  const project = { id, name };
  const platform = describePlatform({ manifest, tier: "nonprod", subscriptionId });
  const { group } = bootstrapNames({ manifest, tier: "nonprod", subscriptionId, tenantId });
  const described = { manifest, trusted: manifest, branch, generation: 0, subscriptionId };
  const { resourceGroup, envId } = describeEnvironment(described);
  const owner = { project, subscriptionId, generation: 0 };
  return {
    project,
    location,
    groups: [group, platform.resourceGroup, resourceGroup],
    stateAccount: platform.names.stateAccount,
    registry: platform.names.containerRegistry,
    vaults: ["platform-nonprod", envId].map((one) => resourceName("keyVault", { ...owner, envId: one })),
    roles: [deployerRole({ project, subscriptionId }, "nonprod"), planRole({ project, subscriptionId })].map(
      (role) => role.id,
    ),
  };
}
