import { groupOf, nameOf } from "./identifiers.js";
import type { Kind, Refusal, Request, SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { leaves } from "./validation.js";
import { type Attributes, textOf } from "./values.js";

/** Why Azure would not create a resource: something it needs is missing, or its name is taken. */
export function refuseCreation(type: string, request: Request, azure: SimulatedAzure): Refusal | undefined {
  const kind = kindOf(type);
  return (
    refusePlace(kind, request.attributes, azure) ??
    refuseReferences(kind, request.attributes, azure) ??
    refuseTakenName(kind, type, request.id, azure) ??
    kind.refuse?.(request, azure)
  );
}

/** Why Azure would not change a resource. */
export function refuseChange(type: string, request: Request, azure: SimulatedAzure): Refusal | undefined {
  const kind = kindOf(type);
  if (azure.store.get(request.id) === undefined) return notFound(kind, request.id);
  return refuseReferences(kind, request.attributes, azure) ?? kind.refuse?.(request, azure);
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
