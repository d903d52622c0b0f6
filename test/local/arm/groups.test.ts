import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { all, appId, groupId, type OpenArm, openArm, putApp, putGroup } from "./open-arm.js";

let arm: OpenArm;
beforeAll(async () => {
  arm = await openArm();
});
afterAll(() => arm.close());
beforeEach(() => arm.reset());

test("lists groups by tag in pages", async () => {
  for (let number = 0; number < 250; number++)
    putGroup(arm.store, `rg-${String(number).padStart(3, "0")}`, {
      "paas-project-id": number % 5 === 0 ? "o'ther" : "p",
    });
  putGroup(arm.store, "rg-foreign");
  const filter = "tagName eq 'Paas-Project-Id' and tagValue eq 'p'";
  const mine = await all(arm.groups.resourceGroups.list({ filter }));
  expect(mine).toHaveLength(200);
  expect(arm.requests).toHaveLength(2);
  expect(mine[0]).toEqual({
    id: groupId("rg-001"),
    name: "rg-001",
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    tags: { "paas-project-id": "p" },
    properties: { provisioningState: "Succeeded" },
  });
  expect(
    await all(arm.groups.resourceGroups.list({ filter: "tagName eq 'paas-project-id' and tagValue eq 'o''ther'" })),
  ).toHaveLength(50);
  expect(await all(arm.groups.resourceGroups.list({ filter: "tagName eq 'paas-project-id'" }))).toHaveLength(250);
  expect(await all(arm.groups.resourceGroups.list({ filter: "tagName eq 'x' and tagValue eq 'P'" }))).toEqual([]);
  arm.requests.length = 0;
  expect(await all(arm.groups.resourceGroups.list({ top: 60 }))).toHaveLength(251);
  expect(arm.requests).toHaveLength(5);
});

test("a listing shows nothing twice and misses nothing that stays while groups go", async () => {
  for (let number = 0; number < 150; number++) putGroup(arm.store, `rg-${String(number).padStart(3, "0")}`);
  const names: (string | undefined)[] = [];
  for await (const page of arm.groups.resourceGroups.list().byPage()) {
    names.push(...page.map(({ name }) => name));
    arm.store.delete(groupId("rg-050"));
  }
  expect(names).toHaveLength(150);
  expect(new Set(names).size).toBe(150);
});

test("reads, tags and deletes a group with everything in it", async () => {
  putGroup(arm.store, "rg-alice", { "paas-env": "alice", Keep: "1" });
  putApp(arm.store, "rg-alice", "web");
  putGroup(arm.store, "rg-alice2");
  expect(await arm.groups.resourceGroups.get("RG-ALICE")).toMatchObject({
    name: "rg-alice",
    tags: { "paas-env": "alice", Keep: "1" },
  });
  expect(await arm.groups.resourceGroups.checkExistence("rg-alice")).toMatchObject({ body: true });

  const merged = await arm.groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg-alice"), {
    operation: "Merge",
    properties: { tags: { "paas-commit": "c", keep: "2" } },
  });
  expect(merged.properties.tags).toEqual({ "paas-env": "alice", "paas-commit": "c", keep: "2" });
  await arm.groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg-alice"), {
    operation: "Delete",
    properties: { tags: { "PAAS-COMMIT": "c", keep: "other" } },
  });
  expect((await arm.groups.tagsOperations.getAtScope(groupId("rg-alice"))).properties.tags).toEqual({
    "paas-env": "alice",
    keep: "2",
  });
  await arm.groups.tagsOperations.beginUpdateAtScopeAndWait(appId("rg-alice", "web"), {
    operation: "Replace",
    properties: { tags: { only: "1" } },
  });
  expect(arm.store.get(appId("rg-alice", "web"))?.attributes.tags).toEqual({ only: "1" });
  expect((await arm.groups.resourceGroups.update("rg-alice", { tags: { new: "1" } })).tags).toEqual({ new: "1" });

  await arm.groups.resourceGroups.beginDeleteAndWait("rg-alice");
  expect(arm.store.list().map(({ id }) => id)).toEqual([groupId("rg-alice2")]);
  expect(arm.requests.filter((request) => request.includes("/operationresults/"))).toHaveLength(1);
});

test("lists what stands for itself in a group", async () => {
  putGroup(arm.store, "rg-alice");
  putApp(arm.store, "rg-alice", "web");
  const vault = `${groupId("rg-alice")}/providers/Microsoft.KeyVault/vaults/kv`;
  arm.store.put({ id: vault, type: "azurerm_key_vault", attributes: { location: "westeurope" } });
  arm.store.put({ id: `${vault}/objectId/x`, type: "azurerm_key_vault_access_policy", attributes: {} });
  arm.store.put({
    id: `${groupId("rg-alice")}/providers/Microsoft.Authorization/roleAssignments/r`,
    type: "azurerm_role_assignment",
    attributes: {},
  });
  const members = await all(arm.groups.resources.listByResourceGroup("rg-alice"));
  expect(members.map(({ type, name, location }) => ({ type, name, location }))).toEqual([
    { type: "Microsoft.App/containerApps", name: "web", location: "westeurope" },
    { type: "Microsoft.KeyVault/vaults", name: "kv", location: "westeurope" },
  ]);
});
test("more tags than a resource may have are refused", async () => {
  putGroup(arm.store, "rg");
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`t${number}`, "x"]));
  const change = arm.groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg"), {
    operation: "Merge",
    properties: { tags },
  });
  await expect(change).rejects.toMatchObject({ statusCode: 400, code: "TagLimitExceeded" });
});
