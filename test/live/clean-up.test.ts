import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TENANT } from "../azure/stand-in/core.js";
import { finishCleanUp } from "./clean-up.js";
import { type CleanUp, readCleanUp, writeCleanUp } from "./clean-up-file.js";
import { openPicture } from "./picture.js";
import { openStandIns, type StandIns, SUBSCRIPTION } from "./stand-ins.js";

const HOME = `/subscriptions/${SUBSCRIPTION}`;
const ROLES = `${HOME}/providers/Microsoft.Authorization/roleDefinitions`;
const PROJECT = { id: "abcdefghijklmnopqrstuvwxyz", name: "live-abc234" };
const GROUPS = ["rg-live-abc234-platform", "rg-live-abc234-platform-nonprod", "rg-live-abc234-live-abc234"];

let here: StandIns;
beforeAll(async () => {
  here = await openStandIns();
}, 60_000);
afterAll(() => here?.ground.close());

/** Makes everything that a run makes. @param noted whether the run has noted who its identities are @returns its clean-up file */
function leave(noted: boolean): string {
  const { store, locks, roles } = here.azure;
  const tags = { "paas-project-id": PROJECT.id };
  const put = (id: string, type: string, own = tags) => {
    const attributes = { name: id.slice(id.lastIndexOf("/") + 1), location: "westeurope", tags: own, managed_by: "" };
    const principal = { client_id: randomUUID(), principal_id: randomUUID() };
    store.put({ id, type, attributes: { ...attributes, ...principal } });
    return principal.principal_id;
  };
  const [platform, nonprod, environment] = GROUPS.map((name) => `${HOME}/resourceGroups/${name}`) as [
    string,
    string,
    string,
  ];
  for (const group of [platform, nonprod, environment]) put(group, "azurerm_resource_group");
  const providers = {
    vault: `${environment}/providers/Microsoft.KeyVault/vaults/kv-live`,
    account: `${platform}/providers/Microsoft.Storage/storageAccounts/stlive`,
    identity: `${platform}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-live`,
    workspace: `${nonprod}/providers/Microsoft.OperationalInsights/workspaces/log-live`,
  };
  put(providers.vault, "azurerm_key_vault");
  put(providers.account, "azurerm_storage_account");
  put(providers.workspace, "azurerm_log_analytics_workspace");
  const principal = put(providers.identity, "azurerm_user_assigned_identity");
  locks.add({ name: "paas-state", scope: providers.account, level: "CanNotDelete" });
  const role = randomUUID();
  const permissions = [{ actions: [], notActions: [], dataActions: [], notDataActions: [] }];
  roles.definitions.set(role, {
    properties: { roleName: "plan", description: "", type: "CustomRole", permissions, assignableScopes: [HOME] },
  });
  const person = randomUUID();
  grant(principal, HOME, randomUUID());
  grant(person, `${providers.account}/blobServices/default/containers/tier-nonprod`, randomUUID());
  grant(randomUUID(), HOME, role);

  const file = path.join(here.ground.runs, `${randomUUID()}.json`);
  const names = {
    project: PROJECT,
    location: "westeurope",
    groups: GROUPS,
    stateAccount: "",
    registry: "",
    vaults: [],
  };
  const cleanUp: CleanUp = {
    schemaVersion: 1,
    simulated: true,
    began: new Date().toISOString(),
    subscription: SUBSCRIPTION,
    tenant: TENANT,
    owner: { ...names, roles: [role], principals: noted ? [principal] : [] },
    folder: here.ground.runs,
    running: null,
  };
  writeCleanUp(file, cleanUp);
  return file;
}

function grant(principalId: string, scope: string, role: string): void {
  const name = randomUUID();
  here.azure.roles.assignments.push({
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    type: "Microsoft.Authorization/roleAssignments",
    properties: { roleDefinitionId: `${ROLES}/${role}`, principalId, principalType: "User", scope },
  });
}

async function finish(file: string): Promise<{ done: boolean; lines: string[] }> {
  const lines: string[] = [];
  const picture = openPicture(true, (line) => lines.push(line));
  return { done: await finishCleanUp(file, readCleanUp(file), here.ground, picture), lines };
}

test("removes everything of the run, and nothing else", async () => {
  const { store, roles, softDeleted } = here.azure;
  const foreign = `${HOME}/resourceGroups/rg-accounting`;
  const attributes = { name: "rg-accounting", location: "westeurope", tags: {}, managed_by: "" };
  store.put({ id: foreign, type: "azurerm_resource_group", attributes });
  grant(randomUUID(), foreign, randomUUID());
  const before = roles.assignments.length;
  const file = leave(false);
  const command = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", here.ground.runs]);
  const ended = once(command, "close");
  writeCleanUp(file, { ...readCleanUp(file), running: command.pid ?? null });

  const { done, lines } = await finish(file);
  expect(done, lines.join("\n")).toBe(true);
  expect(store.list().map(({ id }) => id)).toEqual([foreign]);
  expect(roles.assignments).toHaveLength(before);
  expect(roles.definitions.size).toBe(0);
  expect([softDeleted.vaults, softDeleted.workspaces]).toEqual([[], []]);
  // The platform's Container Apps environment stays as long as an environment has apps in it.
  const order = lines.flatMap((line) => /remove resource group (\S+)/.exec(line)?.[1] ?? []);
  expect(order).toEqual(GROUPS.toReversed());
  expect(fs.existsSync(file)).toBe(false);
  expect(await ended, "what the run had started").toEqual([null, "SIGTERM"]);
  store.delete(foreign);
});

test("prints how to remove by hand what it may not, and can be asked again", async () => {
  const { roles, softDeleted, faults } = here.azure;
  const file = leave(true);
  roles.mayGrant = false;
  softDeleted.mayPurge = false;
  const trouble = { status: 403, code: "AuthorizationFailed" };
  faults.add({ method: "GET", url: /userAssignedIdentities$/, trouble, times: 99 });
  faults.add({ method: "DELETE", url: /resourceGroups\/rg-live-abc234-platform$/i, trouble, times: 99 });

  const { done, lines } = await finish(file);
  const commands = lines.filter((line) => line.startsWith("  az ")).map((line) => line.replace(/ {4}#.*$/, "").trim());
  expect(done).toBe(false);
  expect(commands.map((line) => line.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>"))).toEqual([
    `az lock delete --ids /subscriptions/<id>/resourceGroups/${GROUPS[0]}/providers/Microsoft.Storage/storageAccounts/stlive/providers/Microsoft.Authorization/locks/paas-state`,
    "az role assignment delete --ids /subscriptions/<id>/providers/Microsoft.Authorization/roleAssignments/<id>",
    `az role assignment delete --ids /subscriptions/<id>/resourceGroups/${GROUPS[0]}/providers/Microsoft.Storage/storageAccounts/stlive/blobServices/default/containers/tier-nonprod/providers/Microsoft.Authorization/roleAssignments/<id>`,
    "az role assignment delete --ids /subscriptions/<id>/providers/Microsoft.Authorization/roleAssignments/<id>",
    "az role definition delete --name <id> --scope /subscriptions/<id>",
    `az group delete --name ${GROUPS[0]} --subscription <id> --yes`,
    "az identity list",
    "az keyvault purge --name kv-live --location westeurope --subscription <id>",
  ]);

  Object.assign(roles, { mayGrant: true });
  softDeleted.mayPurge = true;
  faults.clear();
  expect((await finish(file)).done).toBe(true);
  expect(fs.existsSync(file)).toBe(false);
});
