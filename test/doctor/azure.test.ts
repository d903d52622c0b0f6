import { expect, test } from "vitest";
import { bootstrapNames } from "../../src/bootstrap/names.js";
import { deployerRole } from "../../src/bootstrap/roles.js";
import { diagnose } from "../../src/doctor/diagnose.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { ALL, identitiesWith, MANIFEST, ON_AZURE, PLATFORM, SUBSCRIPTION, TENANT, WELL, withAzure } from "./facts.js";
import { testRows } from "./rows.js";

const HOME = `/subscriptions/${SUBSCRIPTION}`;
const PULL = "Microsoft.ManagedIdentity/userAssignedIdentities";
const READER = {
  name: "Reader",
  scope: HOME,
  actions: ["*/read"],
  notActions: [],
  dataActions: [],
  notDataActions: [],
};
const CONTRIBUTOR = { ...READER, name: "Contributor", actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"] };
const NARROW = { ...READER, ...deployerRole({ project: ON_AZURE, subscriptionId: SUBSCRIPTION }, "nonprod") };
/** What the narrow role allowed before there were release commands. */
const OLDER = { ...NARROW, actions: NARROW.actions.filter((action) => action !== "Microsoft.App/jobs/*") };
const DATA = { ...READER, ...ALL, name: "Data", actions: [] };
const PUSH = { ...READER, name: "AcrPush", actions: ["Microsoft.ContainerRegistry/registries/push/write"] };
const BY_WORKFLOW = { value: { who: "c", way: "github-actions", tenantId: "t", subscriptionId: SUBSCRIPTION } };
const DEDICATED = requireManifest(`${MANIFEST}isolation: dedicated\n${PLATFORM}`, "paas.yaml");

testRows([
  [
    "nobody signed in",
    withAzure({ signIn: { failed: "you are not signed in to Azure", next: "`paas login`" } }),
    "azure-sign-in",
    "failure",
    "not signed in",
    "paas login",
  ],
  [
    "a disabled subscription",
    withAzure({ subscription: { value: { name: "Acme", state: "Disabled" } } }),
    "azure-subscription",
    "failure",
    "Acme is Disabled",
  ],
  [
    "a provider that is not registered",
    withAzure({ providers: { value: { "Microsoft.App": "NotRegistered" } } }),
    "azure-providers",
    "failure",
    "Microsoft.App (NotRegistered), Microsoft.OperationalInsights (unknown)",
    "az provider register",
  ],
  [
    "a reader",
    withAzure({ roles: { value: [READER] } }),
    "azure-roles",
    "failure",
    "no role to make and delete resource groups",
    "give Contributor on /subscriptions/",
  ],
  [
    "a contributor without data",
    withAzure({ roles: { value: [CONTRIBUTOR] } }),
    "azure-roles",
    "failure",
    "no role to read and write the state of tier nonprod",
    "Storage Blob Data Contributor",
  ],
  [
    "an older narrow role without jobs",
    withAzure({ roles: { value: [OLDER, DATA, PUSH] } }),
    "azure-roles",
    "failure",
    "no role to run release commands (Microsoft.App/jobs/*)",
    "an owner runs `paas bootstrap`",
  ],
  [
    "the narrow role of this version",
    withAzure({ roles: { value: [NARROW, DATA, PUSH] } }),
    "azure-roles",
    "ok",
    "nothing that `up` needs is missing",
  ],
  [
    "a deployer with an older narrow role without jobs",
    withAzure({
      identities: identitiesWith("nonprod", (found) => ({
        ...found,
        roles: [OLDER, ...found.roles.filter(({ name }) => name !== "Contributor")],
      })),
    }),
    "identity-roles",
    "failure",
    "id-shop-nonprod has no role to run release commands (Microsoft.App/jobs/*)",
    "an owner runs `paas bootstrap`",
  ],
  [
    "a role that takes back a part of what is needed whole",
    withAzure({ roles: { value: [{ ...READER, ...ALL, notActions: ["Microsoft.App/jobs/start/action"] }] } }),
    "azure-roles",
    "failure",
    "no role to run release commands (Microsoft.App/jobs/*)",
    "an owner runs `paas bootstrap`",
  ],
  [
    "a role for every kind of what is needed whole",
    withAzure({
      roles: {
        value: [
          OLDER,
          DATA,
          PUSH,
          { ...READER, actions: ["read", "write", "delete", "action"].map((kind) => `Microsoft.App/jobs/*/${kind}`) },
        ],
      },
    }),
    "azure-roles",
    "ok",
    "nothing that `up` needs is missing",
  ],
  [
    "an owner by hand",
    withAzure({ roles: { value: [{ name: "Owner", scope: HOME, ...ALL }] } }),
    "azure-roles",
    "ok",
    "nothing that `up` needs is missing",
  ],
  [
    "an owner in a workflow",
    withAzure({ signIn: BY_WORKFLOW, roles: { value: [{ name: "Owner", scope: HOME, ...ALL }] } }),
    "azure-roles",
    "failure",
    "holds Owner",
    "take that role away",
  ],
  [
    "roles that may not be looked at",
    withAzure({ roles: { failed: "could not list the roles: 403" } }),
    "azure-roles",
    "warning",
    "403",
  ],
  [
    "a deployer without a role",
    withAzure({ identities: identitiesWith("nonprod", (found) => ({ ...found, roles: found.roles.slice(1) })) }),
    "identity-roles",
    "failure",
    "id-shop-nonprod has no role to make and delete resource groups",
    "give Contributor on",
  ],
  [
    "a deployer that gives roles",
    withAzure({
      identities: identitiesWith("nonprod", (found) => ({ ...found, roles: [{ name: "Owner", scope: HOME, ...ALL }] })),
    }),
    "identity-roles",
    "failure",
    "id-shop-nonprod holds Owner on",
    "take that role away",
  ],
  [
    "a plan identity that may change things",
    withAzure({
      identities: identitiesWith("plan", (found) => ({ ...found, roles: [...found.roles, CONTRIBUTOR] })),
    }),
    "identity-roles",
    "failure",
    "id-shop-plan holds Contributor",
    "take that role away",
  ],
  [
    "a pull identity without its role",
    withAzure({ identities: identitiesWith("pull", (found) => ({ ...found, roles: [] })) }),
    "identity-roles",
    "failure",
    "has no role to pull images of tier nonprod",
    "give AcrPull on",
  ],
  [
    "no pull identity",
    withAzure({ identities: identitiesWith("pull", () => null) }),
    "identity-roles",
    "failure",
    "which pulls images, is not there",
    "paas bootstrap --platform",
  ],
  [
    "no state account",
    withAzure({ stateAccountId: { failed: "no state account stshop" } }),
    "azure-state",
    "failure",
    "stshop",
  ],
  [
    "a state container behind a firewall",
    withAzure({ state: { value: { prod: { failed: "firewall" } } } }),
    "azure-state",
    "failure",
    "firewall",
  ],
  [
    "no quota left, shared",
    withAzure({ quota: { value: { used: 15, limit: 15, region: "r" } } }),
    "azure-quota",
    "warning",
    "15 of 15",
  ],
  [
    "no quota at all",
    withAzure({ quota: { value: { used: 0, limit: 0, region: "r" } } }),
    "azure-quota",
    "failure",
    "0 of 0",
  ],
  [
    "no quota left, dedicated",
    { ...withAzure({ quota: { value: { used: 15, limit: 15, region: "r" } } }), manifest: { value: DEDICATED } },
    "azure-quota",
    "failure",
    "no room",
    "isolation: shared",
  ],
  [
    "a tier in a subscription of its own, with nothing registered",
    { ...WELL, elsewhere: [{ ...WELL.azure, tiers: ["prod"], providers: { value: {} } }] },
    "azure-providers",
    "failure",
    "prod: not registered",
  ],
  [
    "the same subscription's roles, which are well",
    { ...WELL, elsewhere: [{ ...WELL.azure, tiers: ["prod"] }] },
    "azure-roles",
    "ok",
    "prod: 1 held",
  ],
  ["a quota nobody may read", withAzure({ quota: { failed: "403" } }), "azure-quota", "warning", "403"],
]);

test("roles on parts are enough where they cover what is needed", () => {
  const parts = (["nonprod", "prod"] as const).flatMap((tier) => {
    const { platform, accountId } = bootstrapNames({
      manifest: ON_AZURE,
      tier,
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
    });
    const scope = `${HOME}/resourcegroups/${platform.resourceGroup.toUpperCase()}`;
    const dataActions = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"];
    return [
      { ...READER, scope: accountId, actions: [], dataActions },
      { ...READER, scope, actions: ["Microsoft.ContainerRegistry/registries/push/write"] },
    ];
  });
  // As Managed Identity Operator says it.
  const actions = NARROW.actions.filter((action) => !action.endsWith("/assign/action"));
  const environments = { ...NARROW, actions: [...actions, `${PULL}/*/assign/action`] };
  const facts = withAzure({ roles: { value: [environments, ...parts] } });
  expect(
    diagnose(facts)
      .filter(({ check }) => check === "azure-roles")
      .map(({ status, line }) => [status, line]),
  ).toEqual([["ok", expect.any(String)]]);
});
