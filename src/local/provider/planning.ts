import type { Kind } from "./kinds/kind.js";
import { normalLocation } from "./locations.js";
import type { AttributePath } from "./messages.js";
import type { Attribute, Block, NestedBlock } from "./schema.js";
import {
  type Attributes,
  asAttributes,
  isAttributes,
  isSame,
  isZero,
  textOf,
  UNKNOWN,
  Unknown,
  type Value,
} from "./values.js";

export type Plan = { planned: Attributes; replace: AttributePath[] };

/** Attributes whose change replaces a resource of any kind. */
const PLACE = ["name", "location", "resource_group_name"];

/**
 * What a resource will be: the proposed values with the provider's defaults, and unknown where Azure computes. As
 * Terraform's older SDK does it, an attribute that is left out keeps the empty value that Azure reports for it.
 * @param prior the resource now; null when it is to be created
 * @param proposed the configuration merged with what was computed before
 */
export function planResource(kind: Kind, block: Block, prior: Attributes | null, proposed: Attributes): Plan {
  const planned = planBlock({ kind, block, prior: prior ?? undefined, proposed, place: "" });
  const location = textOf(planned.location);
  if (location !== "") planned.location = normalLocation(location);
  if (prior === null) return { planned, replace: [] };
  const decisive = [...PLACE, ...(kind.parent === undefined ? [] : [kind.parent]), ...(kind.replacedBy ?? [])];
  const changed = decisive.filter((name) => name in planned && !isSameText(prior[name], planned[name]));
  return { planned, replace: changed.map((name) => [name]) };
}

type BlockPlan = { kind: Kind; block: Block; prior: Attributes | undefined; proposed: Attributes; place: string };

function planBlock({ kind, block, prior, proposed, place }: BlockPlan): Attributes {
  const planned: Attributes = {};
  for (const [name, attribute] of Object.entries(block.attributes)) {
    const given = proposed[name] ?? null;
    if (attribute.writeOnly) planned[name] = null;
    else planned[name] = given === null ? unset(attribute, prior, name, kind.defaults?.[place + name]) : given;
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    planned[name] = planNested(nested, { kind, prior, proposed, name, place });
  }
  return planned;
}

/** The value of an attribute that the configuration leaves out. */
function unset(attribute: Attribute, prior: Attributes | undefined, name: string, standard: Value | undefined): Value {
  if (attribute.computed) return prior === undefined ? UNKNOWN : (prior[name] ?? null);
  if (standard !== undefined) return standard;
  const before = prior?.[name];
  return before !== undefined && isZero(before) ? before : null;
}

type NestedPlan = { kind: Kind; prior: Attributes | undefined; proposed: Attributes; name: string; place: string };

function planNested(nested: NestedBlock, { kind, prior, proposed, name, place }: NestedPlan): Value {
  const value = proposed[name] ?? null;
  if (nested.nesting === "single" || !Array.isArray(value)) return value;
  const before = prior?.[name];
  const priors = Array.isArray(before) ? before : [];
  return value.map((item, index) => {
    if (item instanceof Unknown) return item;
    const element = asAttributes(item);
    const match = nested.nesting === "list" ? priors[index] : priors.find((one) => agrees(element, one));
    return planBlock({
      kind,
      block: nested.block,
      prior: isAttributes(match) ? match : undefined,
      proposed: element,
      place: `${place}${name}.`,
    });
  });
}

/** An element of a set has no index: it is the one before in which everything that is set now is the same. */
function agrees(element: Attributes, before: Value): boolean {
  return (
    isAttributes(before) &&
    Object.entries(element).every(([name, value]) => value === null || isSame(value, before[name]))
  );
}

/** Ids are compared without regard to case, as Azure does. */
function isSameText(before: Value | undefined, now: Value | undefined): boolean {
  const [left, right] = [textOf(before), textOf(now)];
  if (left.startsWith("/subscriptions/") && left.toLowerCase() === right.toLowerCase()) return true;
  return isSame(before, now);
}
