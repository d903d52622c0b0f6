import type { Configuration } from "./cloud.js";

export const STACK_TYPES = [
  "azurerm_client_config",
  "azurerm_container_app",
  "azurerm_container_app_environment",
  "azurerm_container_registry",
  "azurerm_key_vault",
  "azurerm_log_analytics_workspace",
  "azurerm_resource_group",
  "azurerm_role_assignment",
  "azurerm_user_assigned_identity",
];

/** A Terraform expression: `ref("azurerm_resource_group.rg.name")`. */
export function ref(expression: string): string {
  return `\${${expression}}`;
}

/**
 * A platform and one environment on it, as the stacks make them.
 * @param name goes into every name, so that stacks in one store do not meet
 */
export function stack(name: string): Required<Pick<Configuration, "resource">> & Configuration {
  const inGroup = {
    resource_group_name: ref("azurerm_resource_group.rg.name"),
    location: "westeurope",
    tags: { project: name },
  };
  const app = {
    name: `ca-${name}`,
    resource_group_name: ref("azurerm_resource_group.rg.name"),
    container_app_environment_id: ref("azurerm_container_app_environment.env.id"),
    revision_mode: "Single",
    identity: [{ type: "UserAssigned", identity_ids: [ref("azurerm_user_assigned_identity.id.id")] }],
    registry: [
      {
        server: ref("azurerm_container_registry.cr.login_server"),
        identity: ref("azurerm_user_assigned_identity.id.id"),
      },
    ],
    ingress: [
      { external_enabled: true, target_port: 8080, traffic_weight: [{ percentage: 100, latest_revision: true }] },
    ],
    secret: [],
    template: [
      {
        min_replicas: 0,
        max_replicas: 3,
        container: [
          {
            name: "web",
            image: "mcr.microsoft.com/k8se/quickstart:latest",
            cpu: 0.5,
            memory: "1Gi",
            env: [{ name: "A", value: "1" }],
          },
        ],
        http_scale_rule: [{ name: "http", concurrent_requests: "50" }],
      },
    ],
    tags: { project: name },
  };
  return {
    data: { azurerm_client_config: { me: {} } },
    resource: {
      azurerm_resource_group: { rg: { name: `rg-${name}`, location: "West Europe", tags: { project: name } } },
      azurerm_log_analytics_workspace: {
        log: { ...inGroup, name: `log-${name}`, sku: "PerGB2018", retention_in_days: 30 },
      },
      azurerm_container_app_environment: {
        env: {
          ...inGroup,
          name: `cae-${name}`,
          log_analytics_workspace_id: ref("azurerm_log_analytics_workspace.log.id"),
        },
      },
      azurerm_container_registry: { cr: { ...inGroup, name: `cr${name}x`, sku: "Basic" } },
      azurerm_user_assigned_identity: { id: { ...inGroup, name: `id-${name}` } },
      azurerm_role_assignment: {
        pull: {
          scope: ref("azurerm_container_registry.cr.id"),
          role_definition_name: "AcrPull",
          principal_id: ref("azurerm_user_assigned_identity.id.principal_id"),
        },
      },
      azurerm_key_vault: {
        kv: {
          ...inGroup,
          name: `kv-${name}`,
          sku_name: "standard",
          tenant_id: ref("data.azurerm_client_config.me.tenant_id"),
          rbac_authorization_enabled: false,
          soft_delete_retention_days: 7,
          access_policy: [
            {
              application_id: null,
              certificate_permissions: null,
              key_permissions: null,
              object_id: ref("azurerm_user_assigned_identity.id.principal_id"),
              secret_permissions: ["Get"],
              storage_permissions: null,
              tenant_id: ref("data.azurerm_client_config.me.tenant_id"),
            },
          ],
        },
      },
      azurerm_container_app: { web: app },
    },
    output: { host: { value: ref("azurerm_container_app.web.ingress[0].fqdn") } },
  };
}
