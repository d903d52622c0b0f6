import { containerApp } from "./container-app.js";
import {
  applicationInsights,
  containerAppEnvironment,
  containerRegistry,
  logAnalyticsWorkspace,
} from "./container-platform.js";
import {
  postgresqlDatabase,
  postgresqlFirewallRule,
  postgresqlFlexibleServer,
  redisCache,
  storageAccount,
  storageContainer,
} from "./data-services.js";
import { federatedIdentityCredential, resourceGroup, roleAssignment, userAssignedIdentity } from "./foundation.js";
import { keyVault, keyVaultAccessPolicy, keyVaultSecret } from "./key-vault.js";
import type { Kind } from "./kind.js";
import { looseKind } from "./others.js";

/** What is simulated closely, by Terraform type. */
const CLOSE = new Map<string, Kind>(
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
    azurerm_postgresql_flexible_server: postgresqlFlexibleServer,
    azurerm_postgresql_flexible_server_database: postgresqlDatabase,
    azurerm_postgresql_flexible_server_firewall_rule: postgresqlFirewallRule,
    azurerm_redis_cache: redisCache,
    azurerm_resource_group: resourceGroup,
    azurerm_role_assignment: roleAssignment,
    azurerm_storage_account: storageAccount,
    azurerm_storage_container: storageContainer,
    azurerm_user_assigned_identity: userAssignedIdentity,
  }),
);

/** What is known of a type; of any type at least its life cycle is simulated. */
export function kindOf(type: string): Kind {
  return CLOSE.get(type) ?? looseKind(type);
}
