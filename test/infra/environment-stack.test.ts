import { describe, expect, test, vi } from "vitest";
import { PLATFORM, ref, service, synthesiseEnvironment } from "./synthesised.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe("an environment with one service", async () => {
  const { terraform, provider, resource, output, data } = await synthesiseEnvironment();

  test("is a group, an identity and a container app, and nothing else", () => {
    expect(Object.keys(resource).sort()).toEqual([
      "azurerm_container_app",
      "azurerm_resource_group",
      "azurerm_user_assigned_identity",
    ]);
    expect(data).toBeUndefined();
  });

  test("has an empty backend and one pinned provider", () => {
    expect(terraform.backend).toEqual({ azurerm: {} });
    expect(terraform.required_providers).toEqual({ azurerm: { source: "azurerm", version: "4.55.0" } });
  });

  test("needs no rights on the subscription and no storage keys", () => {
    expect(provider.azurerm[0]).toMatchObject({ resource_provider_registrations: "none", storage_use_azuread: true });
  });

  test("may be deleted with everything in it", () => {
    expect(provider.azurerm[0].features[0]).toEqual({
      resource_group: [{ prevent_deletion_if_contains_resources: false }],
      key_vault: [{ purge_soft_delete_on_destroy: true }],
      log_analytics_workspace: [{ permanently_delete_on_destroy: true }],
    });
  });

  test("leaves the tags alone that every deployment writes on the group", () => {
    expect(resource.azurerm_resource_group?.group).toMatchObject({
      name: "rg-shop-alice",
      location: "westeurope",
      tags: { "paas-project": "shop", "paas-env": "alice" },
      lifecycle: {
        ignore_changes: ['tags["paas-expires"]', 'tags["paas-version"]', 'tags["paas-commit"]'],
      },
    });
  });

  test("runs a placeholder that deployments replace and Terraform never brings back", () => {
    const app = resource.azurerm_container_app?.["app-web"];
    expect(app).toMatchObject({
      name: "ca-web-abcdefgh",
      container_app_environment_id: PLATFORM.containerAppEnvironmentId,
      revision_mode: "Single",
      lifecycle: { ignore_changes: ["template[0].container", "secret"] },
    });
    expect(app?.secret).toBeUndefined();
    expect(app?.template).toEqual({
      min_replicas: 0,
      max_replicas: 3,
      container: [{ name: "web", image: "mcr.microsoft.com/k8se/quickstart:latest", cpu: 0.25, memory: "0.5Gi" }],
    });
  });

  test("pulls images by the platform's identity and acts by its own", () => {
    expect(resource.azurerm_container_app?.["app-web"]).toMatchObject({
      identity: {
        type: "UserAssigned",
        identity_ids: [ref("azurerm_user_assigned_identity.identity.id"), PLATFORM.pullIdentityId],
      },
      registry: [{ server: "crshop.azurecr.io", identity: PLATFORM.pullIdentityId }],
    });
  });

  test("is reached from outside, encrypted, always at the latest revision", () => {
    expect(resource.azurerm_container_app?.["app-web"]?.ingress).toEqual({
      external_enabled: true,
      target_port: 8080,
      transport: "auto",
      allow_insecure_connections: false,
      traffic_weight: [{ latest_revision: true, percentage: 100 }],
    });
  });

  test("tells its group and hosts", () => {
    expect(output.resource_group?.value).toBe(ref("azurerm_resource_group.group.name"));
    expect(output.hosts?.value).toEqual({ web: ref("azurerm_container_app.app-web.ingress[0].fqdn") });
    expect(output.key_vault_uri).toBeUndefined();
  });
});

test("several services are several apps with their own port, reach and scale", async () => {
  const { resource, output } = await synthesiseEnvironment({
    services: [
      service("web", { scale: { min: 2, max: 5 } }),
      service("api-v2", { port: 3000, internal: true }),
      service("identity"),
    ],
  });
  const apps = resource.azurerm_container_app ?? {};
  expect(Object.keys(apps).sort()).toEqual(["app-api-v2", "app-identity", "app-web"]);
  expect(apps["app-web"]?.template).toMatchObject({ min_replicas: 2, max_replicas: 5 });
  expect(apps["app-api-v2"]?.ingress).toMatchObject({ external_enabled: false, target_port: 3000 });
  expect(Object.keys(output.hosts?.value as object).sort()).toEqual(["api-v2", "identity", "web"]);
});

test("an environment with secrets has a vault of its own that apps read and the deployer fills", async () => {
  const { resource, output } = await synthesiseEnvironment({
    services: [service("web"), service("api", { secrets: ["STRIPE_KEY"] })],
  });
  const tenant = ref("data.azurerm_client_config.deployer.tenant_id");
  expect(resource.azurerm_key_vault?.vault).toMatchObject({
    name: "kv-abcdefgh",
    sku_name: "standard",
    tenant_id: tenant,
    rbac_authorization_enabled: false,
    soft_delete_retention_days: 7,
    access_policy: [
      {
        tenant_id: tenant,
        object_id: ref("azurerm_user_assigned_identity.identity.principal_id"),
        secret_permissions: ["Get", "List"],
      },
      {
        tenant_id: tenant,
        object_id: ref("data.azurerm_client_config.deployer.object_id"),
        secret_permissions: ["Get", "Set", "List", "Delete", "Purge"],
      },
    ],
  });
  expect(output.key_vault_uri?.value).toBe(ref("azurerm_key_vault.vault.vault_uri"));
  expect(JSON.stringify(resource)).not.toContain("STRIPE_KEY");
});

test("a dedicated environment brings its own place to run and log", async () => {
  const { resource } = await synthesiseEnvironment({ isolation: "dedicated" });
  expect(resource.azurerm_log_analytics_workspace?.logs).toMatchObject({
    name: "log-shop-alice",
    retention_in_days: 30,
  });
  expect(resource.azurerm_container_app_environment?.apps).toMatchObject({
    name: "cae-shop-alice",
    logs_destination: "log-analytics",
    log_analytics_workspace_id: ref("azurerm_log_analytics_workspace.logs.id"),
  });
  expect(resource.azurerm_container_app?.["app-web"]?.container_app_environment_id).toBe(
    ref("azurerm_container_app_environment.apps.id"),
  );
});

test.each([
  { tier: "nonprod", isProtected: false, foreign: false, purge: true },
  { tier: "nonprod", isProtected: true, foreign: true, purge: true },
  { tier: "prod", isProtected: true, foreign: true, purge: false },
  { tier: "prod", isProtected: false, foreign: false, purge: false },
] as const)("care taken in $tier, protected $isProtected", async ({ tier, isProtected, foreign, purge }) => {
  const { provider } = await synthesiseEnvironment({ tier, protected: isProtected });
  expect(provider.azurerm[0].features[0]).toEqual({
    resource_group: [{ prevent_deletion_if_contains_resources: foreign }],
    key_vault: [{ purge_soft_delete_on_destroy: purge }],
    log_analytics_workspace: [{ permanently_delete_on_destroy: purge }],
  });
});
