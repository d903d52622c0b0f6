import type { Resource } from "../store.js";
import type { ArmAnswer, ArmContext, ArmRequest } from "./exchange.js";
import { type Fields, objectOf, textOf } from "./fields.js";
import { requireGroup } from "./groups.js";
import { pageOf } from "./pages.js";

/** Lists the resources of a group, as Azure does: those that stand for themselves, no parts of others. */
export function listMembers(request: ArmRequest, context: ArmContext, name: string): ArmAnswer {
  const group = requireGroup(context, name);
  const members = context.store.under(group.id).filter(({ id }) => typeOf(id, group) !== null);
  return pageOf(members, request, (member) => renderMember(member, group));
}

function renderMember(member: Resource, group: Resource): Fields {
  const { id, attributes } = member;
  return {
    id,
    name: id.slice(id.lastIndexOf("/") + 1),
    type: typeOf(id, group),
    location: textOf(attributes.location),
    tags: objectOf(attributes.tags),
  };
}

/** `Microsoft.App/containerApps`; null for children of resources and for what other providers say of them. */
function typeOf(id: string, group: Resource): string | null {
  const [, type = null] = /^\/providers\/([^/]+\/[^/]+)\/[^/]+$/i.exec(id.slice(group.id.length)) ?? [];
  return type === null || /^Microsoft\.Authorization\//i.test(type) ? null : type;
}
