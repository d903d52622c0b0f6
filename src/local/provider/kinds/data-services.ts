import { KINDS } from "../../../naming/kinds.js";
import { nameOf, simulatedKey } from "../identifiers.js";
import { type Attributes, textOf } from "../values.js";
import { describeIdentities } from "./identity.js";
import type { Kind } from "./kind.js";

const LOWER_CASE =
  "may only contain lowercase letters, numbers and dashes, not at its edges, and have 3 to 63 characters";
const STORAGE_SERVICES = ["blob", "dfs", "file", "queue", "table", "web"];

export const storageAccount: Kind = {
  title: "Storage Account",
  armType: "Microsoft.Storage/storageAccounts",
  name: {
    pattern: KINDS.storageAccount.pattern,
    says: "can only consist of lowercase letters and numbers, and must be between 3 and 24 characters long",
  },
  replacedBy: ["account_tier", "is_hns_enabled", "nfsv3_enabled", "edge_zone", "infrastructure_encryption_enabled"],
  defaults: {
    account_kind: "StorageV2",
    allow_nested_items_to_be_public: true,
    cross_tenant_replication_enabled: false,
    default_to_oauth_authentication: false,
    dns_endpoint_type: "Standard",
    https_traffic_only_enabled: true,
    infrastructure_encryption_enabled: false,
    is_hns_enabled: false,
    local_user_enabled: true,
    min_tls_version: "TLS1_2",
    nfsv3_enabled: false,
    public_network_access_enabled: true,
    queue_encryption_key_type: "Service",
    sftp_enabled: false,
    shared_access_key_enabled: true,
    table_encryption_key_type: "Service",
    "blob_properties.change_feed_enabled": false,
    "blob_properties.last_access_time_enabled": false,
    "blob_properties.versioning_enabled": false,
    "blob_properties.container_delete_retention_policy.days": 7,
    "blob_properties.delete_retention_policy.days": 7,
    "blob_properties.delete_retention_policy.permanent_delete_enabled": false,
  },
  choices: {
    access_tier: ["Cold", "Cool", "Hot", "Premium"],
    account_kind: ["BlobStorage", "BlockBlobStorage", "FileStorage", "Storage", "StorageV2"],
    account_replication_type: ["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"],
    account_tier: ["Standard", "Premium"],
    min_tls_version: ["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"],
  },
  taken: (name) => ({
    status: 409,
    code: "StorageAccountAlreadyTaken",
    message: `The storage account named ${name} is already taken.`,
  }),
  describe: (attributes, id, azure) => ({
    ...storageEndpoints(id),
    access_tier: attributes.access_tier ?? "Hot",
    identity: describeIdentities(attributes.identity, id, azure),
    large_file_share_enabled: attributes.large_file_share_enabled ?? false,
    primary_access_key: simulatedKey("primary", id),
    primary_connection_string: storageConnection(id, "primary"),
    primary_blob_connection_string: storageConnection(id, "primary"),
    primary_location: attributes.location ?? "",
    secondary_access_key: simulatedKey("secondary", id),
    secondary_connection_string: storageConnection(id, "secondary"),
    secondary_location: "",
  }),
};

function storageEndpoints(id: string): Attributes {
  const hosts = STORAGE_SERVICES.map((service) => [service, `${nameOf(id)}.${service}.core.windows.net`] as const);
  return Object.fromEntries(
    hosts.flatMap(([service, host]) => [
      [`primary_${service}_host`, host],
      [`primary_${service}_endpoint`, `https://${host}/`],
    ]),
  );
}

function storageConnection(id: string, which: string): string {
  const key = simulatedKey(which, id);
  return `DefaultEndpointsProtocol=https;AccountName=${nameOf(id)};AccountKey=${key};EndpointSuffix=core.windows.net`;
}

export const storageContainer: Kind = {
  title: "Container",
  armType: "Microsoft.Storage/storageAccounts/blobServices/containers",
  parent: "storage_account_id",
  under: "blobServices/default/containers",
  name: {
    pattern: /^(?!.*--)[a-z0-9$][a-z0-9-]{1,61}[a-z0-9]$/,
    says: "may only contain lowercase letters, numbers and single hyphens, and have 3 to 63 characters",
  },
  references: { storage_account_id: "azurerm_storage_account" },
  defaults: { container_access_type: "private", encryption_scope_override_enabled: true },
  choices: { container_access_type: ["blob", "container", "private"] },
  describe: (attributes, id) => ({
    default_encryption_scope: attributes.default_encryption_scope ?? "$account-encryption-key",
    has_immutability_policy: false,
    has_legal_hold: false,
    metadata: attributes.metadata ?? {},
    resource_manager_id: id,
  }),
};

export const postgresqlFlexibleServer: Kind = {
  title: "Flexible Server",
  armType: "Microsoft.DBforPostgreSQL/flexibleServers",
  name: { pattern: KINDS.postgresServer.pattern, says: LOWER_CASE },
  replacedBy: [
    "administrator_login",
    "create_mode",
    "delegated_subnet_id",
    "geo_redundant_backup_enabled",
    "source_server_id",
  ],
  defaults: {
    auto_grow_enabled: false,
    geo_redundant_backup_enabled: false,
    public_network_access_enabled: true,
    "authentication.active_directory_auth_enabled": false,
    "authentication.password_auth_enabled": true,
  },
  choices: {
    storage_mb: [32768, 65536, 131072, 262144, 524288, 1048576, 2097152, 4193280, 4194304, 8388608, 16777216, 33553408],
    version: ["11", "12", "13", "14", "15", "16", "17", "18"],
    "high_availability.mode": ["SameZone", "ZoneRedundant"],
  },
  ranges: { backup_retention_days: [7, 35] },
  problems: ({ sku_name: sku }) =>
    typeof sku === "string" && !/^(B_Standard_B\d+m?s|(GP|MO)_Standard_[DE]\d+\w*)$/.test(sku)
      ? [{ path: "sku_name", message: `"${sku}" is not a valid sku name of a flexible server, got: ${sku}` }]
      : [],
  taken: (name) => ({
    status: 409,
    code: "ServerNameAlreadyExists",
    message: `Specified server name '${name}' is already used.`,
  }),
  describe: (attributes, id, azure) => ({
    administrator_login: attributes.administrator_login ?? "",
    backup_retention_days: attributes.backup_retention_days ?? 7,
    fqdn: `${nameOf(id)}.postgres.database.azure.com`,
    identity: describeIdentities(attributes.identity, id, azure),
    private_dns_zone_id: attributes.private_dns_zone_id ?? "",
    sku_name: attributes.sku_name ?? "GP_Standard_D2s_v3",
    storage_mb: attributes.storage_mb ?? 32_768,
    storage_tier: attributes.storage_tier ?? "P4",
    version: attributes.version ?? "16",
  }),
};

export const postgresqlDatabase: Kind = {
  title: "Database",
  armType: "Microsoft.DBforPostgreSQL/flexibleServers/databases",
  parent: "server_id",
  replacedBy: ["charset", "collation"],
  references: { server_id: "azurerm_postgresql_flexible_server" },
  defaults: { charset: "UTF8", collation: "en_US.utf8" },
};

export const postgresqlFirewallRule: Kind = {
  title: "Firewall Rule",
  armType: "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
  parent: "server_id",
  references: { server_id: "azurerm_postgresql_flexible_server" },
  problems: (attributes) =>
    ["start_ip_address", "end_ip_address"].flatMap((path) => {
      const address = attributes[path];
      const isValid = typeof address !== "string" || /^(\d{1,3}\.){3}\d{1,3}$/.test(address);
      return isValid ? [] : [{ path, message: `expected ${path} to contain a valid IPv4 address, got: ${address}` }];
    }),
};

export const redisCache: Kind = {
  title: "Redis Cache",
  armType: "Microsoft.Cache/redis",
  name: {
    pattern: KINDS.redisCache.pattern,
    says: "may only contain alphanumeric characters and single dashes, not at its edges, and have at most 63 characters",
  },
  replacedBy: ["subnet_id", "zones"],
  defaults: {
    access_keys_authentication_enabled: true,
    minimum_tls_version: "1.0",
    non_ssl_port_enabled: false,
    public_network_access_enabled: true,
    redis_version: "6",
    "redis_configuration.authentication_enabled": true,
    "redis_configuration.maxmemory_policy": "volatile-lru",
  },
  choices: {
    family: ["C", "P"],
    minimum_tls_version: ["1.0", "1.1", "1.2"],
    sku_name: ["Basic", "Standard", "Premium"],
  },
  problems: ({ family, sku_name: sku }) => {
    if (typeof family !== "string" || typeof sku !== "string" || (family === "P") === (sku === "Premium")) return [];
    return [
      {
        path: "family",
        message: `family ${family} does not fit the sku ${sku}: P is Premium's, C is Basic's and Standard's`,
      },
    ];
  },
  taken: (name) => ({
    status: 409,
    code: "NameNotAvailable",
    message: `An error occurred when trying to reserve the DNS name: ${name}`,
  }),
  describe: (attributes, id, azure) => {
    const hostname = `${nameOf(id)}.redis.cache.windows.net`;
    const connection = (which: string) =>
      `${hostname}:6380,password=${simulatedKey(which, id)},ssl=true,abortConnect=False`;
    return {
      hostname,
      identity: describeIdentities(attributes.identity, id, azure),
      port: 6379,
      primary_access_key: simulatedKey("primary", id),
      primary_connection_string: connection("primary"),
      private_static_ip_address: textOf(attributes.private_static_ip_address),
      secondary_access_key: simulatedKey("secondary", id),
      secondary_connection_string: connection("secondary"),
      ssl_port: 6380,
    };
  },
};
