import type { Service, Tier } from "../manifest/manifest.js";

export type EnvironmentKind = "branch" | "preview" | "fixed";

/** What all environments of a project share in one tier; made once per tier. Azure resource ids are full ARM ids. */
export type Platform = {
  subscriptionId: string;
  tenantId: string;
  /** Storage account that holds Terraform state and environment records. */
  stateAccount: string;
  resourceGroup: string;
  containerAppEnvironmentId: string;
  logAnalyticsWorkspaceId: string;
  registryId: string;
  /** Host name of the registry, `crshop….azurecr.io`. */
  registryServer: string;
  /** User-assigned identity with the right to pull images. */
  pullIdentityId: string;
};

/** A service with the Azure name of its container app. */
export type EnvironmentService = Service & { appName: string };

/** Everything that one branch becomes. A pure value: no clock, no secret, no path of this machine. */
export type Environment = {
  project: { id: string; name: string };
  envId: string;
  /** The git branch, raw. */
  branch: string;
  kind: EnvironmentKind;
  tier: Tier;
  protected: boolean;
  /** Counts the lives of this environment id: 0 at first, one more after each destroy. */
  generation: number;
  location: string;
  isolation: "shared" | "dedicated";
  /** Milliseconds; null = never expires. */
  ttl: number | null;
  resourceGroup: string;
  /** Tags that Terraform sets; constant for the environment's life. */
  tags: Record<string, string>;
  /** Names of the environment's own resources, by kind (see naming/kinds.ts). */
  names: Record<string, string>;
  services: EnvironmentService[];
  /** Where state and record live in the state account. */
  state: { container: string; key: string };
  record: { container: string; key: string };
};
