import { digest } from "../naming/hash.js";

/** Roles that Azure has and that bootstrap grants, by the words that people know them by. */
export const BUILT_IN = {
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  AcrDelete: "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
} as const;

export type BuiltIn = keyof typeof BUILT_IN;

/** A role of our own: what may be done with it, and nothing else. */
export type CustomRole = { id: string; name: string; description: string; actions: string[] };

/** What actions are for, the end of a sentence: `run release commands`. */
export type Right = { purpose: string; actions: readonly string[] };

/**
 * What the scaffold's environments consist of, for a subscription that is shared with others. A branch may add other
 * types to `infra/`; then its actions are missing here, and Azure says which.
 */
export const ENVIRONMENT_RIGHTS: readonly Right[] = [
  {
    purpose: "make and delete resource groups",
    actions: [
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/operationresults/read",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
      "Microsoft.Resources/subscriptions/resourceGroups/write",
      "Microsoft.Resources/subscriptions/resourceGroups/delete",
      "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
      "Microsoft.Resources/tags/read",
      "Microsoft.Resources/tags/write",
      "Microsoft.Authorization/locks/read",
    ],
  },
  {
    purpose: "make and change container apps",
    actions: [
      "Microsoft.App/containerApps/*",
      "Microsoft.App/locations/*/read",
      "Microsoft.ContainerRegistry/registries/read",
    ],
  },
  {
    purpose: "run release commands",
    // Who may start a command in an image with the app's secrets may read those, so nothing is spared.
    actions: ["Microsoft.App/jobs/*"],
  },
  {
    purpose: "use and make Container Apps environments",
    actions: [
      "Microsoft.App/managedEnvironments/read",
      "Microsoft.App/managedEnvironments/write",
      "Microsoft.App/managedEnvironments/delete",
      "Microsoft.App/managedEnvironments/join/action",
      "Microsoft.App/managedEnvironments/*/read",
    ],
  },
  {
    purpose: "make, share and purge vaults",
    actions: [
      "Microsoft.KeyVault/vaults/read",
      "Microsoft.KeyVault/vaults/write",
      "Microsoft.KeyVault/vaults/delete",
      "Microsoft.KeyVault/vaults/accessPolicies/write",
      "Microsoft.KeyVault/checkNameAvailability/read",
      "Microsoft.KeyVault/deletedVaults/read",
      "Microsoft.KeyVault/locations/*/read",
      "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    ],
  },
  {
    purpose: "make identities and give them to apps",
    // No `federatedIdentityCredentials/write`: whoever has it makes any identity trust a workflow of their own.
    actions: [
      "Microsoft.ManagedIdentity/userAssignedIdentities/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/write",
      "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
      "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    ],
  },
  {
    purpose: "keep and read logs",
    actions: [
      "Microsoft.OperationalInsights/workspaces/read",
      "Microsoft.OperationalInsights/workspaces/write",
      "Microsoft.OperationalInsights/workspaces/delete",
      "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
      "Microsoft.OperationalInsights/workspaces/query/*/read",
      "Microsoft.OperationalInsights/locations/operationStatuses/read",
    ],
  },
];

/** Reading alone: Terraform's refresh of a container app asks for its secrets too, which are references into vaults. */
const PLAN_ACTIONS = ["*/read", "Microsoft.App/containerApps/listSecrets/action"];

type Owner = { project: { id: string; name: string }; subscriptionId: string };

/** The deployer's role in a subscription that is not the project's alone. */
export function deployerRole(owner: Owner, tier: string): CustomRole {
  return {
    ...named(owner, `deploy ${tier}`),
    description: `What workflows of ${owner.project.name} need to make and remove environments of ${tier}`,
    actions: ENVIRONMENT_RIGHTS.flatMap(({ actions }) => actions),
  };
}

/** The role of the identity that plans pull requests. */
export function planRole(owner: Owner): CustomRole {
  return {
    ...named(owner, "plan"),
    description: `What workflows of ${owner.project.name} need to plan a pull request; changes nothing`,
    actions: PLAN_ACTIONS,
  };
}

/** Names of roles are unique in a tenant, so the project's id is part of them. */
function named({ project, subscriptionId }: Owner, purpose: string): Pick<CustomRole, "id" | "name"> {
  return {
    id: stableUuid(["role", project.id, subscriptionId.toLowerCase(), purpose]),
    name: `paas ${purpose} ${project.name} ${project.id.slice(0, 8)}`,
  };
}

/** The same UUID for the same fields, so that what has it is made once. */
export function stableUuid(fields: readonly string[]): string {
  const hex = digest(fields).toString("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}
