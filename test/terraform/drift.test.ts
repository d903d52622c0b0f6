import { expect, test } from "vitest";
import { parseDrift } from "../../src/terraform/drift.js";

const drift = (before: unknown, after: unknown, more: object = {}) =>
  parseDrift(
    JSON.stringify({
      resource_drift: [
        { address: "a.b", type: "a", mode: "managed", change: { actions: ["update"], before, after }, ...more },
      ],
    }),
  );

test.each<[string, object, object, string[]]>([
  ["a value", { name: "a" }, { name: "b" }, ["name"]],
  ["a tag more", { tags: { one: "1" } }, { tags: { one: "1", two: "2" } }, ["tags.two"]],
  ["a tag less", { tags: { one: "1", two: "2" } }, { tags: { one: "1" } }, ["tags.two"]],
  ["inside a block", { ingress: [{ port: 1 }] }, { ingress: [{ port: 2 }] }, ["ingress[0].port"]],
  ["a block more", { rule: [] }, { rule: [{ port: 2 }] }, ["rule[0]"]],
  ["a block from nothing", { rule: null }, { rule: [{ port: 2 }] }, ["rule"]],
  ["two of them", { a: 1, b: true, c: "x" }, { a: 2, b: false, c: "x" }, ["a", "b"]],
  ["false is not nothing", { a: false }, { a: null }, ["a"]],
])("names %s", (_, before, after, attributes) => {
  expect(drift(before, after)).toEqual([{ address: "a.b", type: "a", action: "update", attributes }]);
});

test.each([
  ["nothing", { a: null }, { a: null }],
  ["kinds of nothing", { a: null, b: "", c: [], d: {} }, { a: "", b: [], c: null }],
])("%s is no difference", (_, before, after) => {
  expect(drift(before, after)).toEqual([]);
});

test("what is gone has no attributes, data sources and plans without drift have nothing", () => {
  const gone = { change: { actions: ["delete"], before: { a: 1 }, after: null } };
  expect(drift(null, null, gone)).toEqual([{ address: "a.b", type: "a", action: "delete", attributes: [] }]);
  expect(drift({ a: 1 }, { a: 2 }, { mode: "data" })).toEqual([]);
  expect(parseDrift("{}")).toEqual([]);
});

test("no value is ever kept", () => {
  expect(JSON.stringify(drift({ key: "old-secret" }, { key: "new-secret" }))).not.toContain("secret");
});
