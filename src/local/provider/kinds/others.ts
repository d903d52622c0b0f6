import type { Kind } from "./kind.js";

/**
 * Types that stacks often have and that are simulated loosely: real ids and life cycle, parents that must exist, no
 * rules of their own. Title, ARM type, and for a child the attribute with its parent's id.
 */
const OTHERS: Record<string, [title: string, armType: string, parent?: string]> = {
  azurerm_app_configuration: ["Configuration Store", "Microsoft.AppConfiguration/configurationStores"],
  azurerm_availability_set: ["Availability Set", "Microsoft.Compute/availabilitySets"],
  azurerm_cdn_frontdoor_profile: ["Profile", "Microsoft.Cdn/profiles"],
  azurerm_container_app_environment_storage: [
    "Storage",
    "Microsoft.App/managedEnvironments/storages",
    "container_app_environment_id",
  ],
  azurerm_container_app_job: ["Job", "Microsoft.App/jobs"],
  azurerm_container_registry_cache_rule: [
    "Cache Rule",
    "Microsoft.ContainerRegistry/registries/cacheRules",
    "container_registry_id",
  ],
  azurerm_cosmosdb_account: ["Database Account", "Microsoft.DocumentDB/databaseAccounts"],
  azurerm_dns_zone: ["DNS Zone", "Microsoft.Network/dnsZones"],
  azurerm_eventhub_namespace: ["Namespace", "Microsoft.EventHub/namespaces"],
  azurerm_kubernetes_cluster: ["Kubernetes Cluster", "Microsoft.ContainerService/managedClusters"],
  azurerm_linux_function_app: ["Function App", "Microsoft.Web/sites"],
  azurerm_linux_web_app: ["App Service", "Microsoft.Web/sites"],
  azurerm_managed_redis: ["Managed Redis", "Microsoft.Cache/redisEnterprise"],
  azurerm_monitor_action_group: ["Action Group", "Microsoft.Insights/actionGroups"],
  azurerm_mssql_database: ["Database", "Microsoft.Sql/servers/databases", "server_id"],
  azurerm_mssql_firewall_rule: ["Firewall Rule", "Microsoft.Sql/servers/firewallRules", "server_id"],
  azurerm_mssql_server: ["Server", "Microsoft.Sql/servers"],
  azurerm_mysql_flexible_server: ["Flexible Server", "Microsoft.DBforMySQL/flexibleServers"],
  azurerm_network_security_group: ["Network Security Group", "Microsoft.Network/networkSecurityGroups"],
  azurerm_private_dns_zone: ["Private DNS Zone", "Microsoft.Network/privateDnsZones"],
  azurerm_public_ip: ["Public IP Address", "Microsoft.Network/publicIPAddresses"],
  azurerm_service_plan: ["App Service Plan", "Microsoft.Web/serverFarms"],
  azurerm_servicebus_namespace: ["Namespace", "Microsoft.ServiceBus/namespaces"],
  azurerm_servicebus_queue: ["Queue", "Microsoft.ServiceBus/namespaces/queues", "namespace_id"],
  azurerm_servicebus_topic: ["Topic", "Microsoft.ServiceBus/namespaces/topics", "namespace_id"],
  azurerm_static_web_app: ["Static Site", "Microsoft.Web/staticSites"],
  azurerm_virtual_network: ["Virtual Network", "Microsoft.Network/virtualNetworks"],
};

/** Attributes that place a resource of any kind, so that their change replaces it. */
const PARENTS = [
  "server_id",
  "storage_account_id",
  "key_vault_id",
  "namespace_id",
  "virtual_network_name",
  "parent_id",
];

/** What is known of a type that is not simulated closely; when it is not even listed, its ids say so. */
export function looseKind(type: string): Kind {
  const [title, armType, parent] = OTHERS[type] ?? [type, `Microsoft.Simulated/${camelCase(type)}`];
  return { title, armType, replacedBy: PARENTS, ...(parent === undefined ? {} : { parent }) };
}

function camelCase(type: string): string {
  return type.replace(/^azurerm_/, "").replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
