import type { Resource } from "../store.js";
import {
  type ArmAnswer,
  type ArmContext,
  ArmError,
  type ArmRequest,
  groupNotFound,
  resourceNotFound,
} from "./exchange.js";
import { type Fields, objectOf } from "./fields.js";

/** Tags that one resource may have. */
const MOST = 50;

export function getTags(_request: ArmRequest, context: ArmContext, place: string): ArmAnswer {
  return { status: 200, body: renderTags(requireScope(context, place)) };
}

/** Merges, replaces or deletes tags of a group or a resource. */
export function patchTags({ body }: ArmRequest, context: ArmContext, place: string): ArmAnswer {
  const resource = requireScope(context, place);
  const given = objectOf(objectOf(body.properties).tags);
  const tags = changedTags(objectOf(resource.attributes.tags), given, body.operation);
  if (Object.keys(tags).length > MOST) {
    throw new ArmError(400, "TagLimitExceeded", `The number of tags on '${resource.id}' would be more than ${MOST}.`);
  }
  const changed = { ...resource, attributes: { ...resource.attributes, tags } };
  context.store.put(changed);
  return { status: 200, body: renderTags(changed) };
}

function changedTags(tags: Fields, given: Fields, operation: unknown): Fields {
  if (operation === "Replace") return given;
  const named = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const others = Object.fromEntries(Object.entries(tags).filter(([name]) => !named.has(name.toLowerCase())));
  if (operation === "Merge") return { ...others, ...given };
  if (operation !== "Delete") {
    throw new ArmError(400, "InvalidRequestContent", `The operation '${operation}' must be Merge, Replace or Delete.`);
  }
  // Only a tag that has the value given is deleted.
  return Object.fromEntries(Object.entries(tags).filter(([name, value]) => named.get(name.toLowerCase()) !== value));
}

/** @param place path of the resource below the subscription */
function requireScope({ store, subscriptionId }: ArmContext, place: string): Resource {
  const scope = `/subscriptions/${subscriptionId}/${place}`;
  const resource = store.get(scope);
  if (resource) return resource;
  const [, group = "", type, name] =
    /\/resourceGroups\/([^/]+)(?:\/providers\/([^/]+\/[^/]+)\/([^/]+))?/i.exec(scope) ?? [];
  throw type && name ? resourceNotFound(type, name, group) : groupNotFound(group);
}

function renderTags({ id, attributes }: Resource): Fields {
  return {
    id: `${id}/providers/Microsoft.Resources/tags/default`,
    name: "default",
    type: "Microsoft.Resources/tags",
    properties: { tags: objectOf(attributes.tags) },
  };
}
