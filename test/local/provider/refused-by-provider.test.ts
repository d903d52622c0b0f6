import { afterAll, beforeAll, describe, test } from "vitest";
import {
  add,
  app,
  BadStack,
  type Change,
  container,
  IN_GROUP,
  ingress,
  provider,
  readData,
  set,
  template,
} from "./bad-stack.js";
import { SLOW, SUBSCRIPTION, TestCloud } from "./cloud.js";
import { STACK_TYPES, stack } from "./stack.js";

type Row = [title: string, error: string, change: Change];

const OTHER_TYPES = ["storage_account", "postgresql_flexible_server", "redis_cache", "key_vault_secret"];
const STRANGER = "11111111-1111-4111-8111-111111111111";
const ABSENT_VAULT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/x/providers/Microsoft.KeyVault/vaults/kv`;
const STORAGE = { ...IN_GROUP, name: "stgood", account_tier: "Standard", account_replication_type: "LRS" };
const REDIS = { ...IN_GROUP, name: "redis", capacity: 0, family: "C", sku_name: "Basic" };
const TAGS_51 = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, "x"]));

/** Found by `terraform validate`. */
const INVALID: Row[] = [
  // by Terraform itself, from the schemas
  ["unknown argument", "Extraneous JSON object property", app({ colour: "red" })],
  ["missing argument", 'argument "revision_mode" is required', app({ revision_mode: undefined })],
  ["missing nested argument", 'argument "target_port" is required', ingress({ target_port: undefined })],
  ["missing block", 'At least 1 "template" blocks are required', app({ template: undefined })],
  ["too many blocks", 'No more than 1 "dapr" blocks are allowed', app({ dapr: [{ app_id: "a" }, { app_id: "b" }] })],
  ["wrong type", "a number is required", template({ max_replicas: "many" })],
  ["unknown type", 'does not support resource type "azurerm_bogus"', add("bogus", { name: "x" })],
  // by the provider, for resources of any type
  ["computed attribute", 'Can\'t configure a value for "location"', app({ location: "westeurope" })],
  ["nested computed attribute", 'Can\'t configure a value for "ingress.0.fqdn"', ingress({ fqdn: "a.example" })],
  ["id", 'Invalid or unknown key "id"', set("resource_group", { id: "/x" })],
  ["location", '"mars" was not found in the list of supported', set("resource_group", { location: "mars" })],
  ["too many tags", "a maximum of 50 tags", app({ tags: TAGS_51 })],
  ["tag value", "the maximum length for a tag value is 256", app({ tags: { long: "x".repeat(257) } })],
  ["tag key", "contains one of the characters", app({ tags: { "a/b": "x" } })],
  [
    "id of another kind",
    "must be the ID of a Managed Environment",
    app({ container_app_environment_id: ABSENT_VAULT }),
  ],
  // names
  ["group name", 'invalid value for name ("rg/x")', set("resource_group", { name: "rg/x" })],
  ["group name with a period at its end", 'invalid value for name ("rg.")', set("resource_group", { name: "rg." })],
  ["name of the group around", "invalid value for resource_group_name", app({ resource_group_name: "rg/x" })],
  ["app name", "cannot have '--'", app({ name: "web--1" })],
  ["app name of 33 characters", "must not be more than 32 characters", app({ name: "w".repeat(33) })],
  ["environment name", 'invalid value for name ("-env")', set("container_app_environment", { name: "-env" })],
  ["registry name", "alpha numeric characters only", set("container_registry", { name: "cr-dash" })],
  ["workspace name", 'invalid value for name ("log")', set("log_analytics_workspace", { name: "log" })],
  ["identity name", 'invalid value for name ("id")', set("user_assigned_identity", { name: "id" })],
  ["vault name", "must begin with a letter and be between 3-24", set("key_vault", { name: "1vault" })],
  ["storage account name", "between 3 and 24 characters", add("storage_account", { ...STORAGE, name: "UPPER" })],
  ["secret name", 'secret name "Upper" must consist of lower case', app({ secret: [{ name: "Upper", value: "x" }] })],
  // known values
  ["registry sku", 'one of ["Basic" "Standard" "Premium"], got Old', set("container_registry", { sku: "Old" })],
  ["vault sku", "expected sku_name to be one of", set("key_vault", { sku_name: "gold" })],
  ["storage tier", "expected account_tier to be one of", add("storage_account", { ...STORAGE, account_tier: "Gold" })],
  ["revision mode", 'to be one of ["Multiple" "Single"], got Double', app({ revision_mode: "Double" })],
  ["identity type", "expected identity.0.type to be one of", app({ identity: [{ type: "Personal" }] })],
  ["transport", "expected ingress.0.transport to be one of", ingress({ transport: "smtp" })],
  ["probe", '["HTTP" "HTTPS" "TCP"], got UDP', container({ liveness_probe: [{ port: 80, transport: "UDP" }] })],
  ["port", "ingress.0.target_port to be in the range (1 - 65535), got 70000", ingress({ target_port: 70_000 })],
  ["vault retention", "to be in the range (7 - 90), got 3", set("key_vault", { soft_delete_retention_days: 3 })],
  ["log retention", "range (30 - 730), got 8", set("log_analytics_workspace", { retention_in_days: 8 })],
  ["tenant", 'expected "tenant_id" to be a valid UUID, got me', set("key_vault", { tenant_id: "me" })],
  [
    "postgres sku",
    '"tiny" is not a valid sku',
    add("postgresql_flexible_server", { ...IN_GROUP, name: "psql", sku_name: "tiny" }),
  ],
  // attributes that do not go together
  ["replicas", "`min_replicas` (5) must be less than or equal to `max_replicas` (3)", template({ min_replicas: 5 })],
  [
    "half the traffic",
    "must add up to 100, got 50",
    ingress({ traffic_weight: [{ percentage: 50, latest_revision: true }] }),
  ],
  ["traffic to no revision", "either `latest_revision` or", ingress({ traffic_weight: [{ percentage: 100 }] })],
  ["secret without value", 'secret "s" must have a `value`', app({ secret: [{ name: "s" }] })],
  [
    "reference without identity",
    "must supply `identity`",
    app({ secret: [{ name: "s", key_vault_secret_id: "https://x" }] }),
  ],
  ["identity without ids", "`identity_ids` must be specified", app({ identity: [{ type: "UserAssigned" }] })],
  [
    "zones of a basic registry",
    "when using the Premium Sku",
    set("container_registry", { zone_redundancy_enabled: true }),
  ],
  ["redis family", "family P does not fit the sku Basic", add("redis_cache", { ...REDIS, family: "P" })],
];

/** Found by `terraform plan`, which configures the provider and reads data. */
const UNPLANNABLE: Row[] = [
  ["no features", "Attribute features list must contain at least 1 elements", provider({})],
  ["another subscription", "SubscriptionNotFound", provider({ features: {}, subscription_id: STRANGER })],
  ["another tenant", "TenantNotFound", provider({ features: {}, tenant_id: STRANGER })],
  ["absent group", 'Resource Group (Name: "nowhere") was not found', readData("resource_group", { name: "nowhere" })],
  ["absent secret", 'KeyVault Secret "s"', readData("key_vault_secret", { name: "s", key_vault_id: ABSENT_VAULT })],
];

const cloud = new TestCloud();
beforeAll(() => cloud.start([...STACK_TYPES, ...OTHER_TYPES.map((type) => `azurerm_${type}`)]));
afterAll(() => cloud.stop());

describe.concurrent.each([
  ["validate", INVALID],
  ["plan", UNPLANNABLE],
])("terraform %s", SLOW, (command, rows) => {
  test("passes the good stack", async ({ expect }) => {
    expect(await cloud.project(stack("good")).terraform(command)).toMatchObject({ exitCode: 0 });
  });

  test.for(rows)("refuses: %s", async ([, error, change], { expect }) => {
    const bad = new BadStack("bad");
    change(bad);
    const { exitCode, output } = await cloud.project(bad.configuration).terraform(command);
    expect(output).toContain(error);
    expect(exitCode).toBe(1);
  });
});
