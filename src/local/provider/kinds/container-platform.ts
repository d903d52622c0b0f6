import { KINDS } from "../../../naming/kinds.js";
import { nameOf, simulatedKey, uuidFor } from "../identifiers.js";
import { asAttributes, textOf, toValue } from "../values.js";
import { describeIdentities, IDENTITY_TYPES } from "./identity.js";
import type { Kind } from "./kind.js";

export const containerAppEnvironment: Kind = {
  title: "Managed Environment",
  armType: "Microsoft.App/managedEnvironments",
  name: {
    pattern: KINDS.containerAppEnvironment.pattern,
    says: "must consist of alphanumeric characters or '-', start and end with an alphanumeric character, and have at most 60",
  },
  replacedBy: [
    "infrastructure_resource_group_name",
    "infrastructure_subnet_id",
    "internal_load_balancer_enabled",
    "zone_redundancy_enabled",
    "dapr_application_insights_connection_string",
  ],
  references: { log_analytics_workspace_id: "azurerm_log_analytics_workspace" },
  defaults: { mutual_tls_enabled: false },
  choices: {
    logs_destination: ["log-analytics", "azure-monitor"],
    public_network_access: ["Enabled", "Disabled"],
    "identity.type": IDENTITY_TYPES,
  },
  problems: ({ logs_destination: destination, log_analytics_workspace_id: workspace }) =>
    destination === "log-analytics" && workspace === null
      ? [
          {
            path: "log_analytics_workspace_id",
            message: "`log_analytics_workspace_id` must be set when `logs_destination` is set to `log-analytics`",
          },
        ]
      : [],
  refuseDelete: (environment, { store }) => {
    const isInside = (id: unknown) => typeof id === "string" && id.toLowerCase() === environment.id.toLowerCase();
    const inside = ["azurerm_container_app", "azurerm_container_app_job"]
      .flatMap((type) => store.list(type))
      .find((one) => isInside(one.attributes.container_app_environment_id));
    return (
      inside && {
        status: 409,
        code: "ManagedEnvironmentHasContainerApps",
        message: `Managed environment '${nameOf(environment.id)}' still has container apps: ${inside.id}`,
      }
    );
  },
  describe: (attributes, id, azure) => ({
    custom_domain_verification_id: uuidFor("domain", azure.subscriptionId),
    default_domain: `${uuidFor("domain", id).slice(0, 8)}.${textOf(attributes.location)}.azurecontainerapps.io`,
    docker_bridge_cidr: "",
    identity: describeIdentities(attributes.identity, id, azure),
    logs_destination: attributes.logs_destination ?? (attributes.log_analytics_workspace_id ? "log-analytics" : ""),
    platform_reserved_cidr: "",
    platform_reserved_dns_ip_address: "",
    public_network_access: attributes.public_network_access ?? "Enabled",
    // An address for documentation (RFC 5737), so that nothing real can be reached through it.
    static_ip_address: "192.0.2.10",
  }),
};

export const containerRegistry: Kind = {
  title: "Registry",
  armType: "Microsoft.ContainerRegistry/registries",
  name: {
    pattern: KINDS.containerRegistry.pattern,
    says: "alpha numeric characters only are allowed, 5 to 50 of them",
  },
  defaults: {
    admin_enabled: false,
    anonymous_pull_enabled: false,
    data_endpoint_enabled: false,
    export_policy_enabled: true,
    network_rule_bypass_option: "AzureServices",
    public_network_access_enabled: true,
    quarantine_policy_enabled: false,
    retention_policy_in_days: 0,
    trust_policy_enabled: false,
    zone_redundancy_enabled: false,
    "georeplications.zone_redundancy_enabled": false,
  },
  choices: {
    sku: ["Basic", "Standard", "Premium"],
    network_rule_bypass_option: ["AzureServices", "None"],
    "identity.type": IDENTITY_TYPES,
  },
  replacedBy: ["zone_redundancy_enabled"],
  problems: (attributes) => {
    const premiumOnly = [
      "zone_redundancy_enabled",
      "quarantine_policy_enabled",
      "trust_policy_enabled",
      "data_endpoint_enabled",
    ];
    if (attributes.sku !== "Basic" && attributes.sku !== "Standard") return [];
    const wrong = premiumOnly.filter((name) => attributes[name] === true);
    return wrong.map((path) => ({ path, message: `\`${path}\` can only be applied when using the Premium Sku` }));
  },
  taken: (name) => ({
    status: 409,
    code: "AlreadyInUse",
    message: `The registry DNS name ${name}.azurecr.io is already in use`,
  }),
  describe: (attributes, id, azure) => {
    const isAdmin = attributes.admin_enabled === true;
    return {
      login_server: `${nameOf(id).toLowerCase()}.azurecr.io`,
      admin_username: isAdmin ? nameOf(id) : "",
      admin_password: isAdmin ? simulatedKey("admin", id) : "",
      data_endpoint_host_names: [],
      encryption: attributes.encryption ?? [],
      network_rule_set: attributes.network_rule_set ?? [],
      identity: describeIdentities(attributes.identity, id, azure),
    };
  },
};

export const logAnalyticsWorkspace: Kind = {
  title: "Workspace",
  armType: "Microsoft.OperationalInsights/workspaces",
  name: {
    pattern: KINDS.logAnalytics.pattern,
    says: "can only contain alphabet, number, and '-' character, start and end with an alphanumeric one, and have 4 to 63",
  },
  defaults: {
    allow_resource_only_permissions: true,
    daily_quota_gb: -1,
    internet_ingestion_enabled: true,
    internet_query_enabled: true,
  },
  choices: {
    sku: ["CapacityReservation", "Free", "LACluster", "PerGB2018", "PerNode", "Premium", "Standalone", "Standard"],
  },
  ranges: { retention_in_days: [7, 730] },
  problems: ({ retention_in_days: days, sku }) =>
    typeof days === "number" && days !== 7 && days < 30 && sku !== "Free"
      ? [
          {
            path: "retention_in_days",
            message: `expected retention_in_days to be 7 or in the range (30 - 730), got ${days}`,
          },
        ]
      : [],
  describe: (attributes, id, azure) => ({
    sku: attributes.sku ?? "PerGB2018",
    retention_in_days: attributes.retention_in_days ?? 30,
    local_authentication_disabled: attributes.local_authentication_disabled ?? false,
    local_authentication_enabled: attributes.local_authentication_enabled ?? true,
    workspace_id: uuidFor("workspace", id),
    primary_shared_key: simulatedKey("primary", id),
    secondary_shared_key: simulatedKey("secondary", id),
    identity: describeIdentities(attributes.identity, id, azure),
  }),
};

export const applicationInsights: Kind = {
  title: "Component",
  armType: "Microsoft.Insights/components",
  name: { pattern: KINDS.applicationInsights.pattern, says: "may not contain '%&\\?/' nor end in a period or space" },
  replacedBy: ["application_type"],
  references: { workspace_id: "azurerm_log_analytics_workspace" },
  defaults: {
    daily_data_cap_in_gb: 100,
    daily_data_cap_notifications_disabled: false,
    disable_ip_masking: false,
    force_customer_storage_for_profiler: false,
    internet_ingestion_enabled: true,
    internet_query_enabled: true,
    local_authentication_disabled: false,
    retention_in_days: 90,
    sampling_percentage: 100,
  },
  choices: {
    application_type: ["web", "other", "java", "MobileCenter", "phone", "store", "ios", "Node.JS"],
    retention_in_days: [30, 60, 90, 120, 180, 270, 365, 550, 730],
  },
  describe: (attributes, id, { store }) => {
    const key = uuidFor("instrumentation", id);
    const workspace = store.get(textOf(attributes.workspace_id));
    const location = textOf(asAttributes(toValue(workspace?.attributes)).location ?? attributes.location);
    return {
      app_id: uuidFor("app", id),
      instrumentation_key: key,
      connection_string: `InstrumentationKey=${key};IngestionEndpoint=https://${location}.in.applicationinsights.azure.com/`,
      workspace_id: attributes.workspace_id ?? "",
    };
  },
};
