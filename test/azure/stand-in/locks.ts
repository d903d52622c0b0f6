import { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import type { openRoleAssignments } from "./role-assignments.js";
import { pageOf, route } from "./route.js";

const SPEC = "resources/Microsoft.Authorization/locks/stable/2020-05-01/locks.json";

export type Lock = { name: string; scope: string; level: "CanNotDelete" | "ReadOnly"; notes?: string };
type Roles = ReturnType<typeof openRoleAssignments>;
export type Locks = { add(lock: Lock): void; remove(name: string): void; under(scope: string): Lock[] };

const lock = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.Authorization/locks"),
  properties: z.strictObject({ level: z.enum(["CanNotDelete", "ReadOnly"]), notes: z.string().optional() }),
});

/** Management locks of groups and of what lies in them; who may not hand out roles may not touch them, either. */
export function openLocks(core: Core, { refuse }: Pick<Roles, "refuse">) {
  let locks: Lock[] = [];
  const under = (scope: string) =>
    locks.filter((one) => `${one.scope}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase()));
  const list = route({
    method: "GET",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Authorization/locks",
    versions: ["2020-05-01"],
    spec: SPEC,
    responses: { 200: pageOf(lock) },
    answer: ({ names }) => {
      const found = under(`/subscriptions/${core.subscriptionId}/resourceGroups/${names.group}`);
      return { status: 200, body: { value: found.map(rendered) } };
    },
  });
  const ONE = "/{+scope}/providers/Microsoft.Authorization/locks/{lock}";
  const find = ({ names }: { names: Record<string, string> }) =>
    locks.find(({ name, scope }) => name === names.lock && scope.toLowerCase() === `/${names.scope}`.toLowerCase());
  const one = { path: ONE, versions: ["2020-05-01"], spec: SPEC };
  const single = [
    route({
      ...one,
      method: "GET",
      responses: { 200: lock },
      answer: (call) => {
        const found = find(call);
        if (found) return { status: 200, body: rendered(found) };
        throw new ArmError(404, "LockNotFound", `The lock '${call.names.lock}' could not be found.`);
      },
    }),
    route({
      ...one,
      method: "PUT",
      request: z.strictObject({ properties: lock.shape.properties }),
      responses: { 200: lock, 201: lock },
      answer: (call) => {
        refuse(call, "locks/write");
        const known = find(call);
        locks = locks.filter((other) => other !== known);
        const made = { name: call.names.lock ?? "", scope: `/${call.names.scope}`, ...lockOf(call.body.properties) };
        locks.push(made);
        return { status: known ? 200 : 201, body: rendered(made) };
      },
    }),
    route({
      ...one,
      method: "DELETE",
      responses: { 200: null, 204: null },
      answer: (call) => {
        refuse(call, "locks/delete");
        const known = find(call);
        locks = locks.filter((other) => other !== known);
        return { status: known ? 200 : 204 };
      },
    }),
  ];
  return {
    routes: [list, ...single],
    add: (one: Lock) => void locks.push(one),
    remove: (name: string) => {
      locks = locks.filter((one) => one.name !== name);
    },
    under,
  };
}

function lockOf({ level, notes }: z.infer<typeof lock>["properties"]): Pick<Lock, "level" | "notes"> {
  return notes === undefined ? { level } : { level, notes };
}

function rendered({ name, scope, level, notes }: Lock): z.infer<typeof lock> {
  const id = `${scope}/providers/Microsoft.Authorization/locks/${name}`;
  return { id, name, type: "Microsoft.Authorization/locks", properties: { level, ...(notes ? { notes } : {}) } };
}
