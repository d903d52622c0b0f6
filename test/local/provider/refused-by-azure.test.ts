import { afterAll, beforeAll, describe, test } from "vitest";
import { add, app, BadStack, type Change, container, firstBlock, IN_GROUP, set, template } from "./bad-stack.js";
import { SLOW, SUBSCRIPTION, TestCloud } from "./cloud.js";
import { ref, STACK_TYPES, stack } from "./stack.js";

type Row = [title: string, error: string, change: Change];

const ELSEWHERE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/elsewhere/providers`;
const IDENTITY = ref("azurerm_user_assigned_identity.id.id");

/** Whatever can be planned but what Azure refuses: found by `terraform apply` alone. */
const ROWS: Row[] = [
  // what is not there
  [
    "group",
    "ResourceGroupNotFound: Resource group 'nowhere' could not be found.",
    set("user_assigned_identity", { resource_group_name: "nowhere" }),
  ],
  [
    "environment",
    "ResourceNotFound: The Resource 'Microsoft.App/managedEnvironments/x' under resource group 'elsewhere' was not found",
    app({ container_app_environment_id: `${ELSEWHERE}/Microsoft.App/managedEnvironments/x` }),
  ],
  [
    "workspace",
    "ResourceNotFound: The Resource 'Microsoft.OperationalInsights/workspaces/x'",
    set("container_app_environment", {
      log_analytics_workspace_id: `${ELSEWHERE}/Microsoft.OperationalInsights/workspaces/x`,
    }),
  ],
  [
    "identity",
    "ResourceNotFound: The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/x'",
    app({
      identity: [
        { type: "UserAssigned", identity_ids: [`${ELSEWHERE}/Microsoft.ManagedIdentity/userAssignedIdentities/x`] },
      ],
    }),
  ],
  [
    "registry",
    "The registry 'crno.azurecr.io' could not be found",
    app({ registry: [{ server: "crno.azurecr.io", identity: IDENTITY }] }),
  ],
  [
    "scope of a role",
    "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type 'roleAssignments'",
    set("role_assignment", { scope: `${ELSEWHERE}/Microsoft.ContainerRegistry/registries/x` }),
  ],
  [
    "vault of a secret",
    "ParentResourceNotFound: Failed to perform 'write' on resource(s) of type 'vaults/secrets'",
    add("key_vault_secret", { name: "s", value: "x", key_vault_id: `${ELSEWHERE}/Microsoft.KeyVault/vaults/x` }),
  ],
  [
    "vault of a reference",
    "Unable to get value using Managed identity for secret s",
    app({
      secret: [{ name: "s", identity: IDENTITY, key_vault_secret_id: "https://nowhere.vault.azure.net/secrets/s" }],
    }),
  ],
  [
    "secret of a variable",
    "SecretRef 'token' defined for container 'web' not found",
    container({ env: [{ name: "T", secret_name: "token" }] }),
  ],
  // names that are taken
  [
    "name in the group",
    "already exists - to be managed via Terraform this resource needs to be imported into the State",
    (stack) =>
      stack.add("user_assigned_identity", {
        ...stack.get("user_assigned_identity"),
        depends_on: ["azurerm_user_assigned_identity.id"],
      }),
  ],
  [
    "registry name",
    "AlreadyInUse: The registry DNS name crtaken.azurecr.io",
    set("container_registry", { name: "crtaken" }),
  ],
  ["vault name", "VaultAlreadyExists: The vault name 'kv-taken'", set("key_vault", { name: "kv-taken" })],
  [
    "vault name of a deleted vault",
    'existing soft-deleted Key Vault exists with the Name "kv-deleted"',
    set("key_vault", { name: "kv-deleted" }),
  ],
  [
    "app name in the environment",
    "is already used in the managed environment",
    (stack) => {
      stack.add("resource_group", { name: `${stack.get("resource_group").name}-2`, location: "westeurope" });
      const group = { resource_group_name: ref("azurerm_resource_group.added.name") };
      stack.add("container_app", {
        ...stack.get("container_app"),
        ...group,
        depends_on: ["azurerm_container_app.web"],
      });
    },
  ],
  // container apps that cannot be
  ["cpu and memory", "(CPU: 0.5, memory: 4) is invalid. Total CPU and memory", container({ memory: "4Gi" })],
  ["memory of no unit", "ContainerAppInvalidResourceTotal", container({ memory: "1" })],
  [
    "two containers of one name",
    "The container name 'web' is used more than once",
    (stack) => {
      const web = firstBlock(firstBlock(stack.get("container_app"), "template"), "container");
      template({ container: [web, { ...web, cpu: 0.25, memory: "0.5Gi" }] })(stack);
    },
  ],
  [
    "registry's identity that the app does not have",
    "is not assigned to the container app",
    (stack) => {
      stack.add("user_assigned_identity", { ...IN_GROUP, name: "id-stranger" });
      firstBlock(stack.get("container_app"), "registry").identity = ref("azurerm_user_assigned_identity.added.id");
    },
  ],
  [
    "image of a registry that the app does not have",
    "cannot be pulled, the app has no `registry` for it",
    container({ image: "crother.azurecr.io/web:1" }),
  ],
  // what the provider could not know before
  [
    "name that is known late",
    'invalid value for name ("xx_',
    set("container_registry", { name: `xx_${ref("azurerm_user_assigned_identity.id.principal_id")}` }),
  ],
];

const cloud = new TestCloud();
beforeAll(async () => {
  await cloud.start([...STACK_TYPES, "azurerm_key_vault_secret"]);
  const vaults = `${ELSEWHERE}/Microsoft.KeyVault/vaults`;
  const deleted = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults/kv-deleted`;
  cloud.store.put({
    id: `${ELSEWHERE}/Microsoft.ContainerRegistry/registries/crtaken`,
    type: "azurerm_container_registry",
    attributes: {},
  });
  cloud.store.put({ id: `${vaults}/kv-taken`, type: "azurerm_key_vault", attributes: {} });
  cloud.store.put({ id: deleted, type: "deleted:azurerm_key_vault", attributes: { vault_id: `${vaults}/kv-deleted` } });
});
afterAll(() => cloud.stop());

describe.concurrent("terraform apply", SLOW, () => {
  test("passes the good stack", async ({ expect }) => {
    expect(await cloud.project(stack("good")).apply()).toMatchObject({ exitCode: 0 });
  });

  test.for(ROWS.map((row, index) => [...row, index] as const))(
    "refuses: %s",
    async ([, error, change, index], { expect }) => {
      const bad = new BadStack(`n${index}`);
      change(bad);
      const project = cloud.project(bad.configuration);
      expect(await project.terraform("plan")).toMatchObject({ exitCode: 0 });
      const { exitCode, output } = await project.apply();
      expect(output).toContain(error);
      expect(exitCode).toBe(1);
    },
  );
});
