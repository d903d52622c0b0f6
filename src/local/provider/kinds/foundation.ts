import { KINDS } from "../../../naming/kinds.js";
import { nameOf, uuidFor } from "../identifiers.js";
import { type Attributes, textOf } from "../values.js";
import type { Kind } from "./kind.js";

/** Resources that stand alone in a group, as Azure lists them: `…/providers/Namespace/type/name` and nothing under it. */
const TOP_LEVEL = /\/providers\/(?!Microsoft\.Authorization\/)[^/]+\/[^/]+\/[^/]+$/i;

export const resourceGroup: Kind = {
  title: "Resource Group",
  armType: "Microsoft.Resources/resourceGroups",
  name: {
    pattern: KINDS.resourceGroup.pattern,
    says: "may only contain alphanumeric characters, dash, underscores, parentheses and periods, at most 90, and not end in a period",
  },
  refuseDelete: (group, { store }, features) => {
    const members = store.under(group.id).filter((member) => TOP_LEVEL.test(member.id.slice(group.id.length)));
    if (!features.keepFilledResourceGroups || members.length === 0) return undefined;
    const listed = members.map((member) => `* \`${member.id}\``).join("\n");
    return {
      status: 409,
      code: "ResourceGroupNotEmpty",
      message:
        `the Resource Group ${JSON.stringify(nameOf(group.id))} still contains Resources, and ` +
        `\`prevent_deletion_if_contains_resources\` of the provider's features keeps it:\n${listed}`,
    };
  },
};

export const userAssignedIdentity: Kind = {
  title: "User Assigned Identity",
  armType: "Microsoft.ManagedIdentity/userAssignedIdentities",
  name: {
    pattern: KINDS.identity.pattern,
    says: "must start with a letter or number, contain letters, numbers, dashes and underscores, and have 3 to 128 characters",
  },
  describe: (_attributes, id, { tenantId }) => ({
    client_id: uuidFor("client", id),
    principal_id: uuidFor("principal", id),
    tenant_id: tenantId,
  }),
};

export const federatedIdentityCredential: Kind = {
  title: "Federated Identity Credential",
  armType: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
  parent: "parent_id",
  references: { parent_id: "azurerm_user_assigned_identity" },
};

export const roleAssignment: Kind = {
  title: "Role Assignment",
  armType: "Microsoft.Authorization/roleAssignments",
  parent: "scope",
  replacedBy: ["principal_id", "role_definition_name", "role_definition_id", "condition", "description"],
  problems: (attributes) =>
    attributes.role_definition_name === null && attributes.role_definition_id === null
      ? [
          {
            path: "role_definition_name",
            message: "one of `role_definition_id,role_definition_name` must be specified",
          },
        ]
      : [],
  generatedName: ({ scope, principal_id, role_definition_name, role_definition_id }) =>
    uuidFor(textOf(scope), textOf(principal_id), textOf(role_definition_name), textOf(role_definition_id)),
  describe: (attributes, id, { subscriptionId }) => ({
    name: nameOf(id),
    principal_type: attributes.principal_type ?? "ServicePrincipal",
    role_definition_id: attributes.role_definition_id ?? roleDefinitionId(subscriptionId, attributes),
  }),
};

function roleDefinitionId(subscriptionId: string, { role_definition_name }: Attributes): string {
  const definition = uuidFor("role", textOf(role_definition_name));
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${definition}`;
}
