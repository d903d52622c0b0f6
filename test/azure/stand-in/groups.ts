import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import * as simulated from "../../../src/local/arm/groups.js";
import { listMembers } from "../../../src/local/arm/members.js";
import { getTags, patchTags } from "../../../src/local/arm/tags.js";
import type { Resource } from "../../../src/local/store.js";
import type { Core } from "./core.js";
import type { Locks } from "./locks.js";
import { type Answer, type Call, pageOf, route, tags } from "./route.js";
import { simulatedContext, simulatedRequest } from "./simulated.js";

const SPEC = "resources/Microsoft.Resources/resources/stable/2025-04-01/resources.json";
const VERSIONS = ["2025-04-01"];
const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{group}";

const group = z.strictObject({
  id: z.string().regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/),
  name: z.string().max(90),
  type: z.literal("Microsoft.Resources/resourceGroups"),
  location: z.string(),
  tags: tags.optional(),
  managedBy: z.string().optional(),
  properties: z.strictObject({ provisioningState: z.string() }),
});
const member = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  location: z.string(),
  tags: tags.optional(),
});
const page = z.strictObject({
  $filter: z.string().optional(),
  $top: z.string().optional(),
  $skiptoken: z.string().optional(),
});
const tagsResource = z.strictObject({
  id: z.string(),
  name: z.literal("default"),
  type: z.literal("Microsoft.Resources/tags"),
  properties: z.strictObject({ tags }),
});

/** Resource groups: found by tag, tagged, and deleted with everything in them, which takes a while. */
export function openGroups(core: Core, locks: Locks) {
  const { store, operations } = core;
  const context = simulatedContext(core);
  /** Groups whose deletion has been accepted and has not ended. */
  const deleting = new Set<string>();
  const idOf = (name: string) => `/subscriptions/${core.subscriptionId}/resourceGroups/${name}`;
  const stateOf = (answer: Answer): Answer => ({ ...answer, body: withState(answer.body, deleting) });
  const refuseDeleting = ({ names }: Call) => {
    if (!deleting.has(idOf(names.group ?? "").toLowerCase())) return;
    const message = `The resource group '${names.group}' is in deprovisioning state and cannot perform this operation.`;
    throw new ArmError(409, "ResourceGroupBeingDeleted", message);
  };

  const remove = (found: Resource, call: Call): Answer => {
    const lock = locks.under(found.id)[0];
    if (lock) {
      const message = `The scope '${found.id}' cannot perform delete operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`;
      throw new ArmError(409, "ScopeLocked", message);
    }
    const key = found.id.toLowerCase();
    deleting.add(key);
    return operations.accept(call, () => {
      if (deleting.delete(key)) store.delete(found.id);
      return { status: 200 };
    });
  };

  const routes = [
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/resourcegroups",
      versions: VERSIONS,
      query: page,
      spec: SPEC,
      responses: { 200: pageOf(group) },
      answer: (call) => stateOf(simulated.listGroups(simulatedRequest(call), context)),
    }),
    route({
      method: "GET",
      path: GROUP,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: group },
      answer: (call) => stateOf(simulated.getGroup(simulatedRequest(call), context, call.names.group ?? "")),
    }),
    route({
      method: "PUT",
      path: GROUP,
      versions: VERSIONS,
      spec: SPEC,
      request: z.strictObject({ location: z.string(), tags: tags.optional() }),
      responses: { 200: group, 201: group },
      answer: (call) => {
        refuseDeleting(call);
        const name = call.names.group ?? "";
        const known = store.get(idOf(name)) !== undefined;
        const { location, tags: given = {} } = call.body;
        store.put({
          id: idOf(name),
          type: "azurerm_resource_group",
          attributes: { name, location, tags: given, managed_by: "" },
        });
        return { ...simulated.getGroup(simulatedRequest(call), context, name), status: known ? 200 : 201 };
      },
    }),
    route({
      method: "DELETE",
      path: GROUP,
      versions: VERSIONS,
      query: z.strictObject({ forceDeletionTypes: z.string().optional() }),
      spec: SPEC,
      responses: { 200: null, 202: null },
      answer: (call) => remove(simulated.requireGroup(context, call.names.group ?? ""), call),
    }),
    route({
      method: "GET",
      path: `${GROUP}/resources`,
      versions: VERSIONS,
      query: page.extend({ $expand: z.string().optional() }),
      spec: SPEC,
      responses: { 200: pageOf(member) },
      answer: (call) => listMembers(simulatedRequest(call), context, call.names.group ?? ""),
    }),
    route({
      method: "GET",
      path: "/subscriptions/{subscriptionId}/{+place}/providers/Microsoft.Resources/tags/default",
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: tagsResource },
      answer: (call) => getTags(simulatedRequest(call), context, call.names.place ?? ""),
    }),
    route({
      method: "PATCH",
      path: "/subscriptions/{subscriptionId}/{+place}/providers/Microsoft.Resources/tags/default",
      versions: VERSIONS,
      spec: SPEC,
      request: z.strictObject({
        operation: z.enum(["Merge", "Replace", "Delete"]),
        properties: z.strictObject({ tags }),
      }),
      responses: { 200: tagsResource, 202: null },
      answer: (call) => patchTags(simulatedRequest(call), context, call.names.place ?? ""),
    }),
  ];
  return { routes, deleting };
}

/** The simulation's groups are gone as soon as their deletion is accepted; Azure's are told to be going. */
function withState(body: unknown, deleting: Set<string>): unknown {
  const list = z
    .object({ value: z.array(group) })
    .loose()
    .safeParse(body);
  if (list.success) return { ...list.data, value: list.data.value.map((one) => withState(one, deleting)) };
  const one = group.safeParse(body);
  if (!one.success || !deleting.has(one.data.id.toLowerCase())) return body;
  return { ...one.data, properties: { provisioningState: "Deleting" } };
}
