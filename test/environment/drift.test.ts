import { expect, test } from "vitest";
import { foreignChanges, type ResourceDrift } from "../../src/environment/drift.js";

const changed = (type: string, ...attributes: string[]): ResourceDrift => {
  return { address: `${type}.x`, type, action: "update", attributes };
};

test.each<[string, string, string[]]>([
  ["azurerm_container_app", "template[0].container[0].image", []],
  ["azurerm_container_app", "template[0].container", []],
  ["azurerm_container_app", "secret[0].name", []],
  ["azurerm_container_app", "latest_revision_name", []],
  ["azurerm_container_app", "template[0].max_replicas", ["template[0].max_replicas"]],
  ["azurerm_container_app", "ingress[0].target_port", ["ingress[0].target_port"]],
  ["azurerm_container_app", "tags.paas-commit", ["tags.paas-commit"]],
  ["azurerm_resource_group", "tags.paas-commit", []],
  ["azurerm_resource_group", "tags.paas-expires", []],
  ["azurerm_resource_group", "tags.paas-env", ["tags.paas-env"]],
  ["azurerm_resource_group", "tags.paas-commit-of-mine", ["tags.paas-commit-of-mine"]],
  ["azurerm_key_vault", "secret", ["secret"]],
])("%s %s", (type, attribute, left) => {
  expect(foreignChanges([changed(type, attribute)]).flatMap(({ attributes }) => attributes)).toEqual(left);
});

test("what deploy set is taken out of what else changed, and what is gone stays", () => {
  const gone: ResourceDrift = { address: "x", type: "azurerm_container_app", action: "delete", attributes: [] };
  const mixed = changed("azurerm_resource_group", "tags.paas-version", "tags.owner");
  expect(foreignChanges([gone, mixed])).toEqual([gone, { ...mixed, attributes: ["tags.owner"] }]);
});
