import { createHash } from "node:crypto";
import type { Kind } from "./kinds/kind.js";
import { type Attributes, textOf } from "./values.js";

/** The ARM type of resource groups, whose ids are shaped like no others. */
const RESOURCE_GROUPS = "Microsoft.Resources/resourceGroups";

/** The id of the group that an id lies in; undefined outside of any. */
export function groupOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
}

/** The name of a resource: the last segment of its id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** The ARM id that a resource has, or will have when it is created. */
export function idOf(kind: Kind, attributes: Attributes, subscriptionId: string): string {
  const name = textOf(attributes.name) || (kind.generatedName?.(attributes) ?? "");
  const groups = `/subscriptions/${subscriptionId}/resourceGroups`;
  if (kind.armType === RESOURCE_GROUPS) return `${groups}/${name}`;
  const group = `${groups}/${textOf(attributes.resource_group_name)}`;
  if (kind.parent === undefined) return `${group}/providers/${kind.armType}/${name}`;
  const parent = textOf(attributes[kind.parent]);
  const [, , ...childTypes] = kind.armType.split("/");
  const child = kind.under ?? childTypes.join("/");
  return child === "" ? `${parent}/providers/${kind.armType}/${name}` : `${parent}/${child}/${name}`;
}

/** Tells whether an id has the shape of a kind's ids, whatever they lie in. */
export function isIdOf(kind: Kind, id: string): boolean {
  if (kind.armType === RESOURCE_GROUPS) return groupOf(id) === id;
  const [namespace = "", type, ...childTypes] = kind.armType.split("/");
  const children = kind.under ?? childTypes.join("/");
  const segments = `/${type}/[^/]+${children === "" ? "" : `/${children}/[^/]+`}`;
  return new RegExp(`/providers/${namespace.replaceAll(".", "\\.")}${segments}$`, "i").test(id);
}

/** A UUID that is always the same for the same words. */
export function uuidFor(...words: string[]): string {
  const hex = createHash("sha256").update(words.join("\n").toLowerCase()).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Text that stands for a key or password: the same for the same words, and plainly no real one. */
export function simulatedKey(...words: string[]): string {
  return `simulated-${createHash("sha256").update(words.join("\n").toLowerCase()).digest("hex").slice(0, 32)}`;
}
