import { expect, test } from "vitest";
import { type Block, PLATFORM_DESCRIPTION, ref, synthesisePlatform } from "./synthesised.js";

const { provider, resource, output } = await synthesisePlatform();

test("the platform is what environments share, and no more", () => {
  expect(Object.keys(resource).sort()).toEqual([
    "azurerm_container_app_environment",
    "azurerm_container_registry",
    "azurerm_container_registry_cache_rule",
    "azurerm_log_analytics_workspace",
    "azurerm_resource_group",
    "azurerm_user_assigned_identity",
  ]);
});

test.each<[string, string, Block]>([
  ["azurerm_resource_group", "group", { name: "rg-shop-platform-nonprod", location: "westeurope" }],
  ["azurerm_log_analytics_workspace", "logs", { name: "log-shop-nonprod", sku: "PerGB2018", retention_in_days: 30 }],
  [
    "azurerm_container_app_environment",
    "apps",
    {
      name: "cae-shop-nonprod",
      logs_destination: "log-analytics",
      log_analytics_workspace_id: ref("azurerm_log_analytics_workspace.logs.id"),
    },
  ],
  ["azurerm_container_registry", "registry", { name: "crshopabcdefgh", sku: "Basic", admin_enabled: false }],
  ["azurerm_user_assigned_identity", "puller", { name: "id-shop-pull-nonprod" }],
  [
    "azurerm_container_registry_cache_rule",
    "cache-ghcr",
    {
      name: "cache-ghcr",
      container_registry_id: ref("azurerm_container_registry.registry.id"),
      source_repo: "ghcr.io/*",
      target_repo: "ghcr/*",
    },
  ],
])("%s", (type, id, expected) => {
  expect(resource[type]?.[id]).toMatchObject(expected);
});

test("everything that can be tagged is", () => {
  const untagged = Object.entries(resource).filter(([, byId]) => Object.values(byId).some(({ tags }) => !tags));
  expect(untagged.map(([type]) => type)).toEqual(["azurerm_container_registry_cache_rule"]);
  expect(resource.azurerm_container_registry?.registry?.tags).toEqual(PLATFORM_DESCRIPTION.tags);
});

test("it is never deleted with something in it, and what is deleted stays recoverable", () => {
  expect(provider.azurerm[0].features[0]).toEqual({
    resource_group: [{ prevent_deletion_if_contains_resources: true }],
    key_vault: [{ purge_soft_delete_on_destroy: false }],
    log_analytics_workspace: [{ permanently_delete_on_destroy: false }],
  });
});

test("it tells what environments need to know", () => {
  expect(Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value]))).toEqual({
    resource_group: ref("azurerm_resource_group.group.name"),
    container_app_environment_id: ref("azurerm_container_app_environment.apps.id"),
    log_analytics_workspace_id: ref("azurerm_log_analytics_workspace.logs.id"),
    registry_id: ref("azurerm_container_registry.registry.id"),
    registry_server: ref("azurerm_container_registry.registry.login_server"),
    pull_identity_id: ref("azurerm_user_assigned_identity.puller.id"),
  });
});
