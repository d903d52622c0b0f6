import type { Resource } from "../store.js";
import { type ArmAnswer, type ArmContext, ArmError, type ArmRequest, accepted, groupNotFound } from "./exchange.js";
import { type Fields, isFields, objectOf, textOf } from "./fields.js";
import { pageOf } from "./pages.js";

const GROUP = "azurerm_resource_group";

export function listGroups(request: ArmRequest, { store }: ArmContext): ArmAnswer {
  const matches = tagFilter(request.query.get("$filter"));
  const groups = store.list(GROUP).filter(({ attributes }) => matches(objectOf(attributes.tags)));
  return pageOf(groups, request, renderGroup);
}

export function getGroup(_request: ArmRequest, context: ArmContext, name: string): ArmAnswer {
  return { status: 200, body: renderGroup(requireGroup(context, name)) };
}

export function headGroup(_request: ArmRequest, { store, subscriptionId }: ArmContext, name: string): ArmAnswer {
  return { status: store.get(groupId(subscriptionId, name)) ? 204 : 404 };
}

/** Of a group only the tags can be changed; given ones replace all that there were. */
export function patchGroup({ body }: ArmRequest, context: ArmContext, name: string): ArmAnswer {
  const group = requireGroup(context, name);
  const tags = isFields(body.tags) ? body.tags : objectOf(group.attributes.tags);
  const changed = { ...group, attributes: { ...group.attributes, tags } };
  context.store.put(changed);
  return { status: 200, body: renderGroup(changed) };
}

/** Removes a group with everything in it. */
export function deleteGroup(request: ArmRequest, context: ArmContext, name: string): ArmAnswer {
  context.store.delete(requireGroup(context, name).id);
  const location = `/subscriptions/${context.subscriptionId}/operationresults/${Buffer.from(name).toString("base64url")}`;
  return accepted(request, `${location}?api-version=${request.query.get("api-version")}`);
}

/** The group is gone as soon as its deletion was accepted. */
export function getDeletion(): ArmAnswer {
  return { status: 200 };
}

export function requireGroup({ store, subscriptionId }: ArmContext, name: string): Resource {
  const group = store.get(groupId(subscriptionId, name));
  if (group?.type === GROUP) return group;
  throw groupNotFound(name);
}

function groupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

function renderGroup({ id, attributes }: Resource): Fields {
  return {
    id,
    name: textOf(attributes.name) || id.slice(id.lastIndexOf("/") + 1),
    type: "Microsoft.Resources/resourceGroups",
    location: textOf(attributes.location),
    tags: objectOf(attributes.tags),
    properties: { provisioningState: "Succeeded" },
  };
}

/** `tagName eq 'x' and tagValue eq 'y'`, or the name alone; names are compared without regard to case. */
function tagFilter(filter: string | null): (tags: Fields) => boolean {
  if (filter === null) return () => true;
  const literal = "'((?:[^']|'')*)'";
  const match = new RegExp(`^\\s*tagName eq ${literal}(?:\\s+and\\s+tagValue eq ${literal})?\\s*$`, "i").exec(filter);
  if (!match)
    throw new ArmError(400, "InvalidFilterInQueryString", `Invalid $filter '${filter}' specified in the query string.`);
  const [name = "", value] = match.slice(1).map((text) => text?.replaceAll("''", "'"));
  return (tags) => {
    const found = Object.entries(tags).find(([tag]) => tag.toLowerCase() === name.toLowerCase());
    return found !== undefined && (value === undefined || found[1] === value);
  };
}
