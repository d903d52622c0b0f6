import { type BootstrapRequest, bootstrapNames } from "../bootstrap/names.js";
import type { Tier } from "../manifest/manifest.js";

/** An identity of a tier: who deploys, who plans pull requests, and who pulls the apps' images. */
export type ExpectedIdentity = {
  purpose: "deploy" | "plan" | "pull";
  tier: Tier;
  name: string;
  /** Where bootstrap makes it. */
  id: string;
  /** What `paas.yaml` says; null where it says nothing, and for who pulls: nobody signs in as that one. */
  clientId: string | null;
};

type Place = Pick<BootstrapRequest, "manifest" | "subscriptionId" | "tenantId">;

/** The identities of a bootstrapped tier. */
export function identitiesOf(tier: Tier, place: Place): ExpectedIdentity[] {
  const { deployer, planner, platform } = bootstrapNames({ ...place, tier });
  const noted = place.manifest.platform?.identities ?? {};
  const { pullIdentityId } = platform;
  const pull = { id: pullIdentityId, name: pullIdentityId.slice(pullIdentityId.lastIndexOf("/") + 1) };
  return [
    { purpose: "deploy", tier, name: deployer.name, id: deployer.id, clientId: noted[tier] ?? null },
    ...(planner
      ? [{ purpose: "plan" as const, tier, name: planner.name, id: planner.id, clientId: noted.plan ?? null }]
      : []),
    { purpose: "pull", tier, ...pull, clientId: null },
  ];
}
