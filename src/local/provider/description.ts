import type { Resource } from "../store.js";
import { simulatedKey } from "./identifiers.js";
import type { Kind, SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { type AttributeType, type Block, conform } from "./schema.js";
import { type Attributes, asAttributes, blocksOf, isAttributes, toValue, Unknown, type Value } from "./values.js";

/** A resource as the provider's read gives it to Terraform: what is stored, and what Azure computes. */
export function describeResource(block: Block, resource: Resource, azure: SimulatedAzure): Attributes {
  const attributes = asAttributes(toValue(resource.attributes));
  const kind = kindOf(resource.type);
  const described = { ...attributes, ...kind.describe?.(attributes, resource.id, azure) };
  const id = kind.terraformId?.of(resource.id, attributes) ?? resource.id;
  return fillZeros(kind, block, conform(block, { ...described, id }), "");
}

/**
 * Adds values for what Azure would compute and the simulation has no rule for: plainly made up, the same every time.
 * @param described the resource as it is known so far
 * @param planned tells what Terraform still waits for
 */
export function invent(block: Block, described: Attributes, planned: Attributes, id: string): Attributes {
  const invented: Attributes = { ...described };
  for (const [name, { type }] of Object.entries(block.attributes)) {
    if (planned[name] instanceof Unknown && described[name] === null) invented[name] = simulatedValue(type, id, name);
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    const [before, now] = [planned[name], described[name]];
    if (nested.nesting === "single" || !Array.isArray(before) || !Array.isArray(now)) continue;
    const plans = blocksOf(before);
    invented[name] = now.map((item, index) =>
      isAttributes(item) ? invent(nested.block, item, plans[index] ?? {}, id) : item,
    );
  }
  return invented;
}

function simulatedValue(type: AttributeType, id: string, name: string): Value {
  return type === "string" ? simulatedKey(id, name) : zeroOf(type);
}

/**
 * Where Azure was never told a value, the provider's read says empty, not absent. Only attributes with a default show
 * the difference: Terraform would otherwise plan the default for a block that it was told to ignore.
 */
function fillZeros(kind: Kind, block: Block, attributes: Attributes, place: string): Attributes {
  const filled: Attributes = { ...attributes };
  for (const [name, { type }] of Object.entries(block.attributes)) {
    if (filled[name] === null && kind.defaults?.[place + name] !== undefined) filled[name] = zeroOf(type);
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    const items = filled[name];
    if (!Array.isArray(items)) continue;
    const inner = `${place}${name}.`;
    filled[name] = items.map((item) => (isAttributes(item) ? fillZeros(kind, nested.block, item, inner) : item));
  }
  return filled;
}

function zeroOf(type: AttributeType): Value {
  if (type === "string") return "";
  if (type === "number") return 0;
  if (type === "bool") return false;
  if (!Array.isArray(type)) return null;
  return type[0] === "map" ? {} : [];
}
