/** A JSON object of the REST API, or a block of the provider: which of the two, the name of the value says. */
export type Fields = Record<string, unknown>;

/**
 * One field under its two names, the REST API's and the provider's, and what the provider reads where the API says
 * nothing: the zero value of the field's type.
 */
export type Field = readonly [arm: string, provider: string, zero: "" | 0 | false | readonly never[]];

/** Renames a block's fields as the REST API has them; those that say nothing are left out. */
export function toArm(table: readonly Field[], block: Fields): Fields {
  const pairs = table.map(([arm, provider]) => [arm, block[provider]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => !isNothing(value)));
}

/** Renames the fields of a REST object as the provider has them; absent ones become zero values, as in its own reads. */
export function toProvider(table: readonly Field[], object: Fields): Fields {
  return Object.fromEntries(table.map(([arm, provider, zero]) => [provider, object[arm] ?? zero]));
}

/** Leaves out what says nothing. */
export function present(object: Fields): Fields {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isNothing(value)));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list: blocks of the provider, or items of the REST API. */
export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function first(value: unknown): Fields {
  return listOf(value)[0] ?? {};
}

export function objectOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces. */
export function mergePatch(target: Fields, patch: Fields): Fields {
  const merged: Fields = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = isFields(value) ? mergePatch(objectOf(merged[name]), value) : value;
  }
  return merged;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}
