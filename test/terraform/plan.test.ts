import { expect, test } from "vitest";
import { hasChanges, parsePlan, planWords } from "../../src/terraform/plan.js";
import { resourceTypesOfState } from "../../src/terraform/state.js";

test.each([
  [["no-op"], null],
  [["read"], null],
  [["forget"], null],
  [["create"], "create"],
  [["update"], "update"],
  [["delete"], "delete"],
  [["delete", "create"], "replace"],
  [["create", "delete"], "replace"],
])("actions %j mean %s", (actions, action) => {
  const change = { address: "azurerm_x.y", type: "azurerm_x", mode: "managed", change: { actions } };
  const { resources, changes } = parsePlan(JSON.stringify({ resource_changes: [change] }));
  expect(resources).toEqual(action === null ? [] : [{ address: "azurerm_x.y", type: "azurerm_x", action }]);
  const none = { create: 0, update: 0, replace: 0, delete: 0 };
  expect(changes).toEqual(action === null ? none : { ...none, [action]: 1 });
});

test("data sources that are read later are no change", () => {
  const data = { address: "data.azurerm_x.y", type: "azurerm_x", mode: "data", change: { actions: ["create"] } };
  expect(parsePlan(JSON.stringify({ resource_changes: [data] })).resources).toEqual([]);
});

test("a resource that is taken into the state as it is, is a change to apply and none of the resource", () => {
  const address = "azurerm_resource_group.group";
  const change = { actions: ["no-op"], importing: { id: "/subscriptions/s/resourceGroups/rg" } };
  const plan = parsePlan(JSON.stringify({ resource_changes: [{ address, type: "azurerm_resource_group", change }] }));
  expect(plan).toMatchObject({ resources: [], adopted: [address] });
  expect(hasChanges(plan)).toBe(true);
  expect(planWords(plan)).toBe("1 to adopt");
});

test("a plan without changes has no list of them", () => {
  expect(parsePlan("{}")).toEqual({
    changes: { create: 0, update: 0, replace: 0, delete: 0 },
    resources: [],
    adopted: [],
    outputs: [],
  });
});

test("outputs that change are something to apply, those that stay are not", () => {
  const outputs = { url: { actions: ["create"] }, group: { actions: ["no-op"] } };
  const plan = parsePlan(JSON.stringify({ output_changes: outputs }));
  expect(plan.outputs).toEqual(["url"]);
  expect(hasChanges(plan)).toBe(true);
  expect(hasChanges({ ...plan, outputs: [] })).toBe(false);
});

test("the azurerm types of a state, each once", () => {
  const state = {
    resources: [
      { mode: "managed", type: "azurerm_resource_group" },
      { mode: "managed", type: "azurerm_container_app" },
      { mode: "managed", type: "azurerm_container_app" },
      { mode: "data", type: "azurerm_client_config" },
      { mode: "managed", type: "terraform_data" },
    ],
  };
  expect(resourceTypesOfState(Buffer.from(JSON.stringify(state)))).toEqual([
    "azurerm_client_config",
    "azurerm_container_app",
    "azurerm_resource_group",
  ]);
});

test.each([null, Buffer.alloc(0)])("no state holds no types (%s)", (state) => {
  expect(resourceTypesOfState(state)).toEqual([]);
});
