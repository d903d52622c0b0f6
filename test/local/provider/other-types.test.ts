import { afterAll, beforeAll, expect, test } from "vitest";
import { type Configuration, SLOW, SUBSCRIPTION, TestCloud } from "./cloud.js";
import { ref } from "./stack.js";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-wide`;

const IN_GROUP = { resource_group_name: ref("azurerm_resource_group.it.name"), location: "westeurope" };

/** What people add next to the stack: close, loose and wholly unknown kinds. Type → arguments. */
const RESOURCES: Record<string, Record<string, unknown>> = {
  azurerm_resource_group: { name: "rg-wide", location: "westeurope" },
  azurerm_application_insights: { ...IN_GROUP, name: "appi-wide", application_type: "web" },
  azurerm_key_vault: {
    ...IN_GROUP,
    name: "kv-wide",
    sku_name: "standard",
    tenant_id: ref("data.azurerm_client_config.it.tenant_id"),
  },
  azurerm_key_vault_secret: { name: "token", value: "s3cret", key_vault_id: ref("azurerm_key_vault.it.id") },
  azurerm_storage_account: {
    ...IN_GROUP,
    name: "stwide",
    account_tier: "Standard",
    account_replication_type: "LRS",
    blob_properties: [{ versioning_enabled: true, delete_retention_policy: [{}] }],
    timeouts: { create: "5m" },
  },
  azurerm_storage_container: { name: "uploads", storage_account_id: ref("azurerm_storage_account.it.id") },
  azurerm_postgresql_flexible_server: {
    ...IN_GROUP,
    name: "psql-wide",
    version: "16",
    sku_name: "B_Standard_B1ms",
    administrator_login: "me",
    administrator_password: "hunter2hunter2",
    zone: "1",
  },
  azurerm_postgresql_flexible_server_database: {
    name: "shop",
    server_id: ref("azurerm_postgresql_flexible_server.it.id"),
  },
  azurerm_redis_cache: {
    ...IN_GROUP,
    name: "redis-wide",
    capacity: 0,
    family: "C",
    sku_name: "Basic",
    redis_configuration: [{ maxmemory_policy: "allkeys-lru" }],
  },
  azurerm_service_plan: { ...IN_GROUP, name: "asp-wide", os_type: "Linux", sku_name: "B1" },
  azurerm_servicebus_namespace: { ...IN_GROUP, name: "sb-wide", sku: "Basic" },
  azurerm_servicebus_queue: { name: "jobs", namespace_id: ref("azurerm_servicebus_namespace.it.id") },
  azurerm_maps_account: { ...IN_GROUP, name: "maps-wide", sku_name: "G2" },
};

const IDS: Record<string, string> = {
  azurerm_application_insights: `${GROUP}/providers/Microsoft.Insights/components/appi-wide`,
  azurerm_storage_container: `${GROUP}/providers/Microsoft.Storage/storageAccounts/stwide/blobServices/default/containers/uploads`,
  azurerm_postgresql_flexible_server_database: `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-wide/databases/shop`,
  azurerm_service_plan: `${GROUP}/providers/Microsoft.Web/serverFarms/asp-wide`,
  azurerm_servicebus_queue: `${GROUP}/providers/Microsoft.ServiceBus/namespaces/sb-wide/queues/jobs`,
  // Nothing is known of this one, and its id does not pretend otherwise.
  azurerm_maps_account: `${GROUP}/providers/Microsoft.Simulated/mapsAccount/maps-wide`,
};

const cloud = new TestCloud();
beforeAll(() => cloud.start(["azurerm_client_config", "azurerm_subscription", ...Object.keys(RESOURCES)]));
afterAll(() => cloud.stop());

function configuration(change: Record<string, Record<string, unknown>> = {}): Configuration {
  const resources = Object.entries({ ...RESOURCES, ...change }).map(([type, it]) => [type, { it }]);
  return {
    data: { azurerm_client_config: { it: {} }, azurerm_subscription: { it: {} } },
    resource: Object.fromEntries(resources),
  };
}

test("resources of many types live and die, with the ids that Azure gives them", SLOW, async () => {
  const project = cloud.project(configuration());
  await project.succeed("apply", "-auto-approve");
  await project.succeed("plan", "-detailed-exitcode");
  const state = await project.state();
  const ids = Object.keys(IDS).map((type) => [type, state[`${type}.it`]?.id]);
  expect(Object.fromEntries(ids)).toEqual(IDS);
  expect(state["azurerm_storage_account.it"]).toMatchObject({
    primary_blob_endpoint: "https://stwide.blob.core.windows.net/",
    primary_access_key: expect.stringMatching(/^simulated-/),
    blob_properties: [{ delete_retention_policy: [{ days: 7 }] }],
    timeouts: { create: "5m" },
  });
  expect(state["azurerm_postgresql_flexible_server.it"]).toMatchObject({
    fqdn: "psql-wide.postgres.database.azure.com",
  });

  const secret = { ...RESOURCES.azurerm_key_vault_secret, value: "an0ther" };
  const before = state["azurerm_key_vault_secret.it"]?.id;
  expect(before).toMatch(/^https:\/\/kv-wide\.vault\.azure\.net\/secrets\/token\/[0-9a-f]{32}$/);
  project.write(configuration({ azurerm_key_vault_secret: secret }));
  expect(await project.succeed("apply", "-auto-approve")).toContain("0 added, 1 changed, 0 destroyed");
  const after = (await project.state())["azurerm_key_vault_secret.it"];
  expect(after).toMatchObject({ value: "an0ther", versionless_id: "https://kv-wide.vault.azure.net/secrets/token" });
  expect(after?.id).not.toBe(before);

  await project.succeed("destroy", "-auto-approve");
  expect(cloud.store.list()).toEqual([]);
});

test("a value that is only written is kept in no state", SLOW, async () => {
  const secret = {
    name: "quiet",
    value_wo: ref("var.secret"),
    value_wo_version: 1,
    key_vault_id: ref("azurerm_key_vault.it.id"),
  };
  const { azurerm_resource_group, azurerm_key_vault } = RESOURCES;
  const resources = { azurerm_resource_group, azurerm_key_vault, azurerm_key_vault_secret: secret };
  const labelled = Object.entries(resources).map(([type, it]) => [type, { it: it ?? {} }]);
  const project = cloud.project({
    ...configuration(),
    // Terraform lets such a variable into attributes that are only written, and nowhere else.
    variable: { secret: { type: "string", ephemeral: true, default: "never-kept" } },
    resource: Object.fromEntries(labelled),
  });
  await project.succeed("apply", "-auto-approve");
  await project.succeed("plan", "-detailed-exitcode");
  expect(JSON.stringify(await project.state())).toContain("quiet");
  expect(JSON.stringify(await project.state())).not.toContain("never-kept");
  await project.succeed("destroy", "-auto-approve");
});

test("data sources read the store, the account and the vaults", SLOW, async () => {
  const vault = `${GROUP}-data/providers/Microsoft.KeyVault/vaults/kv-data`;
  cloud.store.put({
    id: `${GROUP}-data`,
    type: "azurerm_resource_group",
    attributes: { location: "northeurope", tags: { a: "b" } },
  });
  cloud.store.put({
    id: vault,
    type: "azurerm_key_vault",
    attributes: { location: "northeurope", sku_name: "standard" },
  });
  cloud.vaults.set(vault, { token: "from outside" });
  const project = cloud.project({
    data: {
      azurerm_client_config: { it: {} },
      azurerm_subscription: { it: {} },
      azurerm_resource_group: { it: { name: "rg-wide-data" } },
      azurerm_key_vault: { it: { name: "kv-data", resource_group_name: "rg-wide-data" } },
      azurerm_key_vault_secret: { it: { name: "token", key_vault_id: vault } },
    },
  });
  await project.succeed("apply", "-auto-approve");
  const state = await project.state();
  expect(state["data.azurerm_client_config.it"]).toMatchObject({ subscription_id: SUBSCRIPTION });
  expect(state["data.azurerm_subscription.it"]).toMatchObject({ display_name: expect.stringContaining("simulated") });
  expect(state["data.azurerm_resource_group.it"]).toMatchObject({ location: "northeurope", tags: { a: "b" } });
  expect(state["data.azurerm_key_vault.it"]).toMatchObject({ vault_uri: "https://kv-data.vault.azure.net/" });
  expect(state["data.azurerm_key_vault_secret.it"]).toMatchObject({ value: "from outside" });
});
