import type { Resource } from "../store.js";
import type { Features } from "./configuration.js";
import { describeResource, invent } from "./description.js";
import { groupOf, idOf, isIdOf, nameOf } from "./identifiers.js";
import type { Kind, SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { Refused, refused, refusedByAzure } from "./refused.js";
import { refuseChange, refuseCreation } from "./requirements.js";
import { type Block, conform } from "./schema.js";
import { validateValues } from "./validation.js";
import { type Attributes, asAttributes, textOf, toValue, withoutUnknown } from "./values.js";

export type Operation = "create" | "read" | "update" | "delete";

/** A resource that Terraform wants created or changed; `prior` is its state before. */
export type Wanted = { type: string; block: Block; prior: Attributes; planned: Attributes; features: Features };

/** The resource that Terraform knows by this id; undefined when it is gone. */
export function findResource(type: string, terraformId: string, azure: SimulatedAzure): Resource | undefined {
  const { terraformId: ids } = kindOf(type);
  const id = ids === undefined ? terraformId : ids.find(terraformId, azure);
  return id === undefined ? undefined : azure.store.get(id);
}

/** @throws Refused with the words of Azure or of the provider */
export function createResource(wanted: Wanted, azure: SimulatedAzure): Attributes {
  const { type, block, planned, features } = wanted;
  const kind = kindOf(type);
  const attributes = conform(block, asAttributes(withoutUnknown(planned)));
  const id = idOf(kind, attributes, azure.subscriptionId);
  refuseValues(kind, attributes, {});
  if (azure.store.get(id) !== undefined) {
    throw refused(
      `A resource with the ID ${JSON.stringify(id)} already exists - to be managed via Terraform this resource needs to be ` +
        `imported into the State. Please see the resource documentation for ${JSON.stringify(type)} for more information.`,
    );
  }
  const refusal = refuseCreation(type, { id, attributes, features }, azure);
  if (refusal !== undefined) throw refusedByAzure(`creating ${title(kind, id)}`, refusal);
  const described = describeResource(block, { id, type, attributes }, azure);
  const resource = { id, type, attributes: invent(block, described, planned, id) };
  const state = write(wanted, resource, azure);
  kind.created?.(resource, azure);
  return state;
}

/** @throws Refused with the words of Azure or of the provider */
export function updateResource(wanted: Wanted, azure: SimulatedAzure): Attributes {
  const { type, block, prior, planned, features } = wanted;
  const kind = kindOf(type);
  const attributes = conform(block, asAttributes(withoutUnknown(planned)));
  const existing = findResource(type, textOf(attributes.id), azure);
  const id = existing?.id ?? textOf(attributes.id);
  refuseValues(kind, attributes, prior);
  const refusal = refuseChange(type, { id, attributes, features }, azure);
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

function title(kind: Kind, id: string): string {
  const group = nameOf(groupOf(id) ?? "");
  return `${kind.title} ${JSON.stringify(nameOf(id))} (Resource Group ${JSON.stringify(group)})`;
}
