import { containerApp } from "./container-app.js";
import {
  applicationInsights,
  containerAppEnvironment,
  containerRegistry,
  logAnalyticsWorkspace,
} from "./container-platform.js";
import { federatedIdentityCredential, resourceGroup, roleAssignment, userAssignedIdentity } from "./foundation.js";
import { keyVault, keyVaultAccessPolicy, keyVaultSecret } from "./key-vault.js";
import type { Kind } from "./kind.js";

/** What is simulated closely, by Terraform type. */
export const KINDS_BY_TYPE: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    azurerm_application_insights: applicationInsights,
    azurerm_container_app: containerApp,
    azurerm_container_app_environment: containerAppEnvironment,
    azurerm_container_registry: containerRegistry,
    azurerm_federated_identity_credential: federatedIdentityCredential,
    azurerm_key_vault: keyVault,
    azurerm_key_vault_access_policy: keyVaultAccessPolicy,
    azurerm_key_vault_secret: keyVaultSecret,
    azurerm_log_analytics_workspace: logAnalyticsWorkspace,
    azurerm_resource_group: resourceGroup,
    azurerm_role_assignment: roleAssignment,
    azurerm_user_assigned_identity: userAssignedIdentity,
  }),
);

/** What is known of a type; the ids of one that is not simulated closely say so. */
export function kindOf(type: string): Kind {
  return KINDS_BY_TYPE.get(type) ?? genericKind(type);
}

function genericKind(type: string): Kind {
  const words = type.replace(/^azurerm_/, "").split("_");
  const camel = words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)));
  return { title: words.join(" "), armType: `Microsoft.Simulated/${camel.join("")}` };
}
