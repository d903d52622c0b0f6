import { describe, expect, test } from "vitest";
import type { Kind } from "../../../src/local/provider/kinds/kind.js";
import { planResource } from "../../../src/local/provider/planning.js";
import type { Attribute, Block } from "../../../src/local/provider/schema.js";
import { type Attributes, UNKNOWN } from "../../../src/local/provider/values.js";

const OPTIONAL: Attribute = {
  type: "string",
  required: false,
  optional: true,
  computed: false,
  sensitive: false,
  writeOnly: false,
};
const COMPUTED = { ...OPTIONAL, optional: false, computed: true };
const NOTHING: Block = { attributes: {}, blocks: {} };

const kind: Kind = {
  title: "Thing",
  armType: "Microsoft.Test/things",
  parent: "server_id",
  replacedBy: ["colour"],
  defaults: { size: "small", "part.size": "tiny" },
};

function block(attributes: Record<string, Attribute>, blocks: Block["blocks"] = {}): Block {
  return { attributes, blocks };
}

/** The plan of one attribute. */
function planOne(attribute: Attribute, name: string, prior: Attributes | null, proposed: Attributes): unknown {
  return planResource(kind, block({ [name]: attribute }), prior, proposed).planned[name];
}

describe("an attribute", () => {
  test.each<[string, Attribute, string, Attributes | null, Attributes, unknown]>([
    ["that is set is as it is set", OPTIONAL, "size", null, { size: "big" }, "big"],
    ["that is left out has its default", OPTIONAL, "size", null, { size: null }, "small"],
    ["that is left out has its default again", OPTIONAL, "size", { size: "big" }, { size: null }, "small"],
    ["without default is nothing", OPTIONAL, "note", { note: "x" }, { note: null }, null],
    ["that Azure reports as empty stays so", OPTIONAL, "note", { note: "" }, { note: null }, ""],
    ["that is computed is unknown at first", COMPUTED, "host", null, { host: null }, UNKNOWN],
    ["that is computed stays later", COMPUTED, "host", { host: "h" }, { host: "h" }, "h"],
    ["that was computed to nothing stays nothing", COMPUTED, "host", { host: null }, { host: null }, null],
    ["that is only written is not planned", { ...OPTIONAL, writeOnly: true }, "size", null, { size: "s" }, null],
    ["that is a location loses its form", OPTIONAL, "location", null, { location: "West Europe" }, "westeurope"],
  ])("%s", (_title, attribute, name, prior, proposed, planned) => {
    expect(planOne(attribute, name, prior, proposed)).toEqual(planned);
  });
});

describe("a block", () => {
  const part = block({ name: OPTIONAL, size: OPTIONAL, host: COMPUTED });
  const whole = (nesting: "list" | "set") => block({}, { part: { nesting, min: 0, max: 0, block: part } });
  const prior = {
    part: [
      { name: "a", size: "", host: "first" },
      { name: "b", size: "big", host: "second" },
    ],
  };

  test("of a list is the one before at its place", () => {
    const proposed = {
      part: [{ name: "z", size: "big", host: "first" }, { name: "b", size: null, host: "second" }, { name: "c" }],
    };
    expect(planResource(kind, whole("list"), prior, proposed).planned.part).toEqual([
      { name: "z", size: "big", host: "first" },
      { name: "b", size: "tiny", host: "second" },
      { name: "c", size: "tiny", host: UNKNOWN },
    ]);
  });

  test("of a set is the one before with the same values", () => {
    const proposed = {
      part: [
        { name: "b", size: "big", host: null },
        { name: "new", size: null, host: null },
      ],
    };
    expect(planResource(kind, whole("set"), prior, proposed).planned.part).toEqual([
      { name: "b", size: "big", host: "second" },
      { name: "new", size: "tiny", host: UNKNOWN },
    ]);
  });

  test("that is unknown stays unknown", () => {
    expect(planResource(kind, whole("list"), null, { part: UNKNOWN }).planned.part).toBe(UNKNOWN);
  });
});

describe("a change", () => {
  const attributes = { name: OPTIONAL, server_id: OPTIONAL, colour: OPTIONAL, note: OPTIONAL };
  const prior = { name: "a", server_id: "/subscriptions/S/x", colour: "red", note: "n" };

  test.each<[string, Attributes, string[]]>([
    ["of nothing", {}, []],
    ["of what can be changed", { note: "m" }, []],
    ["of the name", { name: "b" }, ["name"]],
    ["of the parent", { server_id: "/subscriptions/S/y" }, ["server_id"]],
    ["of a letter in the name", { name: "A" }, ["name"]],
    ["of letters in an id", { server_id: "/subscriptions/s/X" }, []],
    ["of what the kind says", { colour: "blue" }, ["colour"]],
    ["to something unknown", { colour: UNKNOWN }, ["colour"]],
  ])("%s", (_title, change, replace) => {
    const planned = planResource(kind, block(attributes), prior, { ...prior, ...change });
    expect(planned.replace).toEqual(replace.map((name) => [name]));
  });

  test("replaces nothing that is not there yet", () => {
    expect(planResource(kind, { ...NOTHING, attributes }, null, prior).replace).toEqual([]);
  });
});
