import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { ALL, MANIFEST, PLATFORM, SUBSCRIPTION, WELL, withAzure } from "./facts.js";
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
    "Microsoft.App (NotRegistered), Microsoft.ContainerRegistry (unknown)",
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
  ["a quota nobody may read", withAzure({ quota: { failed: "403" } }), "azure-quota", "warning", "403"],
]);

test("roles on parts are enough where they cover what is needed", () => {
  const { stateAccountId, platforms } = WELL.azure;
  const data = {
    ...READER,
    actions: [],
    dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"],
  };
  const parts = platforms.flatMap(({ resourceGroup }) => {
    const scope = `${HOME}/resourcegroups/${resourceGroup.toUpperCase()}`;
    return [
      { ...READER, scope, actions: ["Microsoft.ContainerRegistry/registries/push/write"] },
      { ...READER, scope, actions: [`${PULL}/*/assign/action`, `${PULL}/assign/action`] },
    ];
  });
  const account = "value" in stateAccountId ? stateAccountId.value : "";
  const groups = { ...READER, actions: ["Microsoft.Resources/subscriptions/resourceGroups/*", "Microsoft.App/*"] };
  const facts = withAzure({ roles: { value: [groups, { ...data, scope: account }, ...parts] } });
  expect(
    diagnose(facts)
      .filter(({ check }) => check === "azure-roles")
      .map(({ status }) => status),
  ).toEqual(["ok"]);
});
