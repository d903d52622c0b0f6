import type { Resource } from "../store.js";
import type { Features } from "./configuration.js";
import { groupOf, idOf, isIdOf, nameOf, simulatedKey } from "./identifiers.js";
import type { Kind, Refusal, SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { Refused, refused, refusedByAzure } from "./refused.js";
import { type AttributeType, type Block, conform } from "./schema.js";
import { leaves, validateValues } from "./validation.js";
import {
  type Attributes,
  asAttributes,
  blocksOf,
  isAttributes,
  textOf,
  toValue,
  Unknown,
  type Value,
  withoutUnknown,
} from "./values.js";

export type Operation = "create" | "read" | "update" | "delete";

/** A resource that Terraform wants created or changed; `prior` is its state before. */
export type Wanted = { type: string; block: Block; prior: Attributes; planned: Attributes; features: Features };

/** A resource as the provider's read gives it to Terraform: what is stored, and what Azure computes. */
export function describeResource(block: Block, resource: Resource, azure: SimulatedAzure): Attributes {
  const attributes = asAttributes(toValue(resource.attributes));
  const kind = kindOf(resource.type);
  const described = { ...attributes, ...kind.describe?.(attributes, resource.id, azure) };
  const id = kind.terraformId?.of(resource.id, attributes) ?? resource.id;
  return fillZeros(kind, block, conform(block, { ...described, id }), "");
}

/** The resource that Terraform knows by this id; undefined when it is gone. */
export function findResource(type: string, terraformId: string, azure: SimulatedAzure): Resource | undefined {
  const { terraformId: ids } = kindOf(type);
  const id = ids === undefined ? terraformId : ids.find(terraformId, azure);
  return id === undefined ? undefined : azure.store.get(id);
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

/** @throws Refused with the words of Azure or of the provider */
export function createResource(wanted: Wanted, azure: SimulatedAzure): Attributes {
  const { type, block, planned, features } = wanted;
  const kind = kindOf(type);
  const attributes = conform(block, asAttributes(withoutUnknown(planned)));
  const id = idOf(kind, attributes, azure.subscriptionId);
  const doing = `creating ${title(kind, id)}`;
  refuseValues(kind, attributes, {});
  if (azure.store.get(id) !== undefined) {
    throw refused(
      `A resource with the ID ${JSON.stringify(id)} already exists - to be managed via Terraform this resource needs to be ` +
        `imported into the State. Please see the resource documentation for ${JSON.stringify(type)} for more information.`,
    );
  }
  const refusal =
    refusePlace(kind, attributes, azure) ??
    refuseReferences(kind, attributes, azure) ??
    refuseTakenName(kind, type, id, azure) ??
    kind.refuse?.({ id, attributes, features }, azure);
  if (refusal !== undefined) throw refusedByAzure(doing, refusal);
  const described = describeResource(block, { id, type, attributes }, azure);
  return write(wanted, { id, type, attributes: invent(block, described, planned, id) }, azure);
}

/** @throws Refused with the words of Azure or of the provider */
export function updateResource(wanted: Wanted, azure: SimulatedAzure): Attributes {
  const { type, block, prior, planned, features } = wanted;
  const kind = kindOf(type);
  const attributes = conform(block, asAttributes(withoutUnknown(planned)));
  const existing = findResource(type, textOf(attributes.id), azure);
  const id = existing?.id ?? textOf(attributes.id);
  refuseValues(kind, attributes, prior);
  const refusal =
    (existing === undefined ? notFound(kind, id) : undefined) ??
    refuseReferences(kind, attributes, azure) ??
    kind.refuse?.({ id, attributes, features }, azure);
  if (refusal !== undefined) throw refusedByAzure(`updating ${title(kind, id)}`, refusal);
  return write(wanted, { id, type, attributes: { ...existing?.attributes, ...attributes } }, azure);
}

/** Deletes what is still there. @throws Refused */
export function deleteResource(type: string, terraformId: string, features: Features, azure: SimulatedAzure): void {
  const kind = kindOf(type);
  const resource = findResource(type, terraformId, azure);
  if (resource === undefined) return;
  const { id } = resource;
  const refusal = kind.refuseDelete?.(resource, azure, features);
  if (refusal !== undefined) throw refusedByAzure(`deleting ${title(kind, id)}`, refusal);
  azure.store.delete(id);
  kind.deleted?.(resource, azure, features);
}

/** The state with which Terraform begins an import; it reads the rest. @throws Refused when the id is of another kind */
export function importResource(type: string, block: Block, id: string): Attributes {
  const kind = kindOf(type);
  if (kind.terraformId !== undefined || isIdOf(kind, id)) return conform(block, { id });
  throw refused(
    `parsing ${JSON.stringify(id)}: it must be the ID of a ${kind.title}, \`/subscriptions/…/${kind.armType}/…\``,
  );
}

/** Stores a resource and answers with what a read would give. Only the configuration knows the timeouts. */
function write({ block, planned }: Wanted, resource: Resource, azure: SimulatedAzure): Attributes {
  const given = asAttributes(toValue(resource.attributes));
  const { timeouts: _timeouts, id: _id, ...attributes } = kindOf(resource.type).accepted?.(given) ?? given;
  azure.store.put({ ...resource, attributes });
  const state = describeResource(block, azure.store.get(resource.id) ?? resource, azure);
  return "timeouts" in planned ? { ...state, timeouts: planned.timeouts ?? null } : state;
}

/** Looks again at values that were unknown when they were validated; what was there before is Azure's own doing. */
function refuseValues(kind: Kind, attributes: Attributes, prior: Attributes): void {
  const before = validateValues(kind, prior).map(({ message }) => message);
  const problems = validateValues(kind, attributes).filter(({ message }) => !before.includes(message));
  if (problems.length === 0) return;
  throw new Refused(problems.map(({ message }) => ({ summary: message, detail: "", path: [] })));
}

function refusePlace(kind: Kind, attributes: Attributes, { store }: SimulatedAzure): Refusal | undefined {
  if (kind.parent !== undefined) {
    const parent = textOf(attributes[kind.parent]);
    if (store.get(parent) !== undefined || groupOf(parent) === undefined) return undefined;
    const types = kind.armType.split("/").slice(1).join("/");
    const message = `Failed to perform 'write' on resource(s) of type '${types}', because the parent resource '${parent}' could not be found.`;
    return { status: 404, code: "ParentResourceNotFound", message };
  }
  const group = textOf(attributes.resource_group_name);
  const isThere = store
    .list("azurerm_resource_group")
    .some((one) => nameOf(one.id).toLowerCase() === group.toLowerCase());
  if (group === "" || isThere) return undefined;
  return { status: 404, code: "ResourceGroupNotFound", message: `Resource group '${group}' could not be found.` };
}

function refuseReferences(kind: Kind, attributes: Attributes, { store }: SimulatedAzure): Refusal | undefined {
  for (const { place, value } of leaves(attributes, "", "")) {
    const type = place === "identity.identity_ids" ? "azurerm_user_assigned_identity" : kind.references?.[place];
    if (type !== undefined && store.get(textOf(value)) === undefined) return notFound(kindOf(type), textOf(value));
  }
  return undefined;
}

function refuseTakenName(kind: Kind, type: string, id: string, { store }: SimulatedAzure): Refusal | undefined {
  const name = nameOf(id);
  const isTaken = store.list(type).some((other) => nameOf(other.id).toLowerCase() === name.toLowerCase());
  return isTaken ? kind.taken?.(name) : undefined;
}

function notFound(kind: Kind, id: string): Refusal {
  const group = nameOf(groupOf(id) ?? "");
  const message = `The Resource '${kind.armType}/${nameOf(id)}' under resource group '${group}' was not found.`;
  return { status: 404, code: "ResourceNotFound", message };
}

function title(kind: Kind, id: string): string {
  const group = nameOf(groupOf(id) ?? "");
  return `${kind.title} ${JSON.stringify(nameOf(id))} (Resource Group ${JSON.stringify(group)})`;
}

/** Values for what Azure would compute and the simulation has no rule for: plainly made up, the same every time. */
function invent(block: Block, described: Attributes, planned: Attributes, id: string): Attributes {
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

function zeroOf(type: AttributeType): Value {
  if (type === "string") return "";
  if (type === "number") return 0;
  if (type === "bool") return false;
  if (!Array.isArray(type)) return null;
  return type[0] === "map" ? {} : [];
}
