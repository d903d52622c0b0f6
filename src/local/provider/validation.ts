import { KINDS } from "../../naming/kinds.js";
import { isIdOf } from "./identifiers.js";
import type { Kind, Problem } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { isLocation } from "./locations.js";
import type { Block } from "./schema.js";
import { type Attributes, isAttributes, textOf, Unknown, type Value } from "./values.js";

const TAGS_MAX = 50;
const TAG_KEY_MAX = 512;
const TAG_VALUE_MAX = 256;

/**
 * What the provider refuses before it asks Azure; unknown values are taken on trust. Types, required attributes and
 * unknown ones are Terraform's own business.
 */
export function validateConfiguration(kind: Kind, block: Block, config: Attributes): Problem[] {
  const id =
    config.id === null || config.id === undefined ? [] : [{ path: "id", message: 'Invalid or unknown key "id"' }];
  return [...id, ...computedProblems(block, config, ""), ...validateValues(kind, config)];
}

/** The rules on values alone: also for a planned resource, whose values are known by then. */
export function validateValues(kind: Kind, attributes: Attributes): Problem[] {
  return [
    ...nameProblems(kind, attributes),
    ...placeProblems(attributes),
    ...tagProblems(attributes.tags ?? null),
    ...tableProblems(kind, attributes),
    ...(kind.problems?.(attributes) ?? []),
  ];
}

function computedProblems(block: Block, config: Attributes, place: string): Problem[] {
  const own = Object.entries(block.attributes)
    .filter(
      ([name, { computed, optional }]) => computed && !optional && config[name] !== null && config[name] !== undefined,
    )
    .map(([name]) => ({
      path: place + name,
      message:
        `Can't configure a value for ${JSON.stringify(place + name)}: its value will be decided automatically ` +
        "based on the result of applying this configuration.",
    }));
  const nested = Object.entries(block.blocks).flatMap(([name, { block: inner }]) => {
    const value = config[name];
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) =>
      isAttributes(item) ? computedProblems(inner, item, `${place}${name}.${index}.`) : [],
    );
  });
  return [...own, ...nested];
}

function nameProblems(kind: Kind, { name, resource_group_name: group }: Attributes): Problem[] {
  const problems: Problem[] = [];
  if (kind.name !== undefined && typeof name === "string" && !kind.name.pattern.test(name)) {
    problems.push({ path: "name", message: `invalid value for name (${JSON.stringify(name)}): ${kind.name.says}` });
  }
  if (typeof group === "string" && !KINDS.resourceGroup.pattern.test(group)) {
    problems.push({
      path: "resource_group_name",
      message: `invalid value for resource_group_name (${JSON.stringify(group)})`,
    });
  }
  return problems;
}

function placeProblems({ location }: Attributes): Problem[] {
  if (typeof location !== "string" || isLocation(location)) return [];
  return [
    { path: "location", message: `${JSON.stringify(location)} was not found in the list of supported Azure Locations` },
  ];
}

function tagProblems(tags: Value): Problem[] {
  if (!isAttributes(tags)) return [];
  const problem = (message: string): Problem => ({ path: "tags", message });
  const entries = Object.entries(tags);
  if (entries.length > TAGS_MAX) return [problem(`a maximum of ${TAGS_MAX} tags can be applied to each ARM resource`)];
  return entries.flatMap(([key, value]) => {
    const length = textOf(value).length;
    if (key.length > TAG_KEY_MAX) {
      return [
        problem(
          `the maximum length for a tag key is ${TAG_KEY_MAX} characters: ${JSON.stringify(key)} is ${key.length} characters`,
        ),
      ];
    }
    if (length > TAG_VALUE_MAX) {
      return [
        problem(
          `the maximum length for a tag value is ${TAG_VALUE_MAX} characters: the value for ${JSON.stringify(key)} is ${length} characters`,
        ),
      ];
    }
    return /[<>%&\\?/]/.test(key)
      ? [problem(`the tag key ${JSON.stringify(key)} contains one of the characters <>%&\\?/`)]
      : [];
  });
}

function tableProblems(kind: Kind, attributes: Attributes): Problem[] {
  const problems: Problem[] = [];
  for (const { place, path, value } of leaves(attributes, "", "")) {
    const message =
      choiceProblem(path, value, kind.choices?.[place]) ??
      rangeProblem(path, value, kind.ranges?.[place]) ??
      referenceProblem(path, value, kind.references?.[place]);
    if (message !== undefined) problems.push({ path, message });
  }
  return problems;
}

function choiceProblem(
  path: string,
  value: Value,
  choices: readonly (string | number)[] | undefined,
): string | undefined {
  if (choices === undefined || (typeof value !== "string" && typeof value !== "number") || choices.includes(value)) {
    return undefined;
  }
  const list = choices.map((choice) => JSON.stringify(choice)).join(" ");
  return `expected ${path} to be one of [${list}], got ${value}`;
}

function rangeProblem(path: string, value: Value, range: readonly [number, number] | undefined): string | undefined {
  if (range === undefined || typeof value !== "number") return undefined;
  const [lowest, highest] = range;
  if (value >= lowest && value <= highest) return undefined;
  if (highest === Number.POSITIVE_INFINITY) return `expected ${path} to be at least (${lowest}), got ${value}`;
  return `expected ${path} to be in the range (${lowest} - ${highest}), got ${value}`;
}

function referenceProblem(path: string, value: Value, type: string | undefined): string | undefined {
  if (type === undefined || typeof value !== "string") return undefined;
  const kind = kindOf(type);
  if (isIdOf(kind, value)) return undefined;
  return `parsing ${JSON.stringify(value)}: ${path} must be the ID of a ${kind.title}, \`/subscriptions/…/${kind.armType}/…\``;
}

type Leaf = { place: string; path: string; value: Value };

/** Every known value with its place in the tables (`template.container.cpu`) and its path (`template.0.container.1.cpu`). */
export function* leaves(value: Value, place: string, path: string): Generator<Leaf> {
  if (value === null || value instanceof Unknown) return;
  const below = (prefix: string, name: string | number) => (prefix === "" ? String(name) : `${prefix}.${name}`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, place, below(path, index));
  } else if (isAttributes(value)) {
    for (const [name, item] of Object.entries(value)) yield* leaves(item, below(place, name), below(path, name));
  } else yield { place, path, value };
}
