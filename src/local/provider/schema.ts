import { type Attributes, asAttributes, isAttributes, Unknown, type Value } from "./values.js";

/** A type of Terraform's type system, written as its JSON form. */
export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | ["list" | "set" | "map", AttributeType]
  | ["object", Record<string, AttributeType>];

export type Attribute = {
  type: AttributeType;
  required: boolean;
  optional: boolean;
  computed: boolean;
  sensitive: boolean;
  /** Given to the provider, never kept in plan or state. */
  writeOnly: boolean;
};

/** `max` 0 = any number. */
export type NestedBlock = { nesting: "single" | "list" | "set"; min: number; max: number; block: Block };

export type Block = { attributes: Record<string, Attribute>; blocks: Record<string, NestedBlock> };

export type TypeSchema = { kind: "resource" | "data" | "provider"; type: string; block: Block };

/** The object type that a block has when it is an attribute. */
export function objectType(block: Block): AttributeType {
  const fields: Record<string, AttributeType> = {};
  for (const [name, attribute] of Object.entries(block.attributes)) fields[name] = attribute.type;
  for (const [name, nested] of Object.entries(block.blocks)) {
    const type = objectType(nested.block);
    fields[name] = nested.nesting === "single" ? type : [nested.nesting, type];
  }
  return ["object", fields];
}

/**
 * Gives a value exactly the shape that its block has in plan and state: every attribute present, blocks as arrays,
 * nothing else, and no value that is only to be written.
 */
export function conform(block: Block, value: Attributes): Attributes {
  const shaped: Attributes = {};
  for (const [name, attribute] of Object.entries(block.attributes)) {
    shaped[name] = attribute.writeOnly ? null : conformType(attribute.type, value[name] ?? null);
  }
  for (const [name, nested] of Object.entries(block.blocks)) shaped[name] = conformNested(nested, value[name] ?? null);
  return shaped;
}

function conformNested(nested: NestedBlock, value: Value): Value {
  if (value instanceof Unknown) return value;
  if (nested.nesting === "single") return isAttributes(value) ? conform(nested.block, value) : null;
  if (!Array.isArray(value)) return [];
  return value.map((item) => (item instanceof Unknown ? item : conform(nested.block, asAttributes(item))));
}

function conformType(type: AttributeType, value: Value): Value {
  if (value === null || value instanceof Unknown || !Array.isArray(type)) return value;
  if (type[0] === "object") {
    const given = asAttributes(value);
    return Object.fromEntries(
      Object.entries(type[1]).map(([name, inner]) => [name, conformType(inner, given[name] ?? null)]),
    );
  }
  const inner = type[1];
  if (Array.isArray(value)) return value.map((item) => conformType(inner, item));
  if (!isAttributes(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, conformType(inner, item)]));
}
