import { BUILT_IN } from "../../../src/bootstrap/roles.js";

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
/** Nobody is granted it by bootstrap; whoever runs it has it. */
export const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/** As `learn.microsoft.com/azure/role-based-access-control/built-in-roles` lists them, as far as paas asks. */
const BUILT_IN_ROLES: Record<string, { actions: string[]; notActions?: string[]; dataActions?: string[] }> = {
  [OWNER]: { actions: ["*"] },
  [BUILT_IN.Contributor]: {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  [BUILT_IN["Storage Blob Data Contributor"]]: {
    actions: ["Microsoft.Storage/storageAccounts/blobServices/containers/*"],
    dataActions: [`${BLOBS}/delete`, `${BLOBS}/read`, `${BLOBS}/write`, `${BLOBS}/move/action`, `${BLOBS}/add/action`],
  },
  [BUILT_IN["Storage Blob Data Reader"]]: {
    actions: ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
    dataActions: [`${BLOBS}/read`],
  },
  [BUILT_IN.AcrPull]: { actions: ["Microsoft.ContainerRegistry/registries/pull/read"] },
  [BUILT_IN.AcrPush]: {
    actions: ["Microsoft.ContainerRegistry/registries/pull/read", "Microsoft.ContainerRegistry/registries/push/write"],
  },
  [BUILT_IN.AcrDelete]: { actions: ["Microsoft.ContainerRegistry/registries/artifacts/delete"] },
  [BUILT_IN["Managed Identity Operator"]]: {
    actions: [
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
      "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
      "Microsoft.Authorization/*/read",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
  },
};

/** The definition of a role that every subscription has; null for any other. */
export function builtIn(id: string) {
  const known = BUILT_IN_ROLES[id];
  if (!known) return null;
  const { actions, notActions = [], dataActions = [] } = known;
  const roleName = Object.entries(BUILT_IN).find(([, one]) => one === id)?.[0] ?? "Owner";
  const permissions = [{ actions, notActions, dataActions, notDataActions: [] }];
  return {
    properties: { roleName, description: roleName, type: "BuiltInRole" as const, permissions, assignableScopes: ["/"] },
  };
}
