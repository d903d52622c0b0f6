import type { Json, JsonMap, Overlay } from "./manifest.js";

/** Maps merge, lists and scalars replace, null removes. */
export function merge(base: JsonMap, changes: JsonMap): JsonMap {
  const merged: JsonMap = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const before = merged[key];
    if (change === null) delete merged[key];
    else if (isMap(change)) merged[key] = merge(isMap(before) ? before : {}, change);
    else merged[key] = change;
  }
  return merged;
}

/** The base with every overlay that is for this environment, in order. */
export function mergeFor(base: JsonMap, overlays: readonly Overlay[], envId: string): JsonMap {
  return overlaysFor(overlays, envId).reduce((merged, overlay) => merge(merged, overlay.changes), base);
}

export function overlaysFor(overlays: readonly Overlay[], envId: string): Overlay[] {
  return overlays.filter((overlay) => matches(overlay.key, envId));
}

/** True for a key that stands for many environments. */
export function isPattern(key: string): boolean {
  return key.includes("*");
}

/** `*` stands for any characters, none included; everything else for itself. */
export function matches(key: string, envId: string): boolean {
  if (!isPattern(key)) return key === envId;
  const [first = "", ...rest] = key.split("*");
  const last = rest.pop() ?? "";
  if (!envId.startsWith(first)) return false;
  let position = first.length;
  for (const part of rest) {
    const found = envId.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return envId.endsWith(last) && envId.length - last.length >= position;
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
