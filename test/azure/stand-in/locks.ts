import { z } from "zod";
import type { Core } from "./core.js";
import { pageOf, route } from "./route.js";

const SPEC = "resources/Microsoft.Authorization/locks/stable/2020-05-01/locks.json";

export type Lock = { name: string; scope: string; level: "CanNotDelete" | "ReadOnly"; notes?: string };
export type Locks = { add(lock: Lock): void; remove(name: string): void; under(scope: string): Lock[] };

const lock = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.Authorization/locks"),
  properties: z.strictObject({ level: z.enum(["CanNotDelete", "ReadOnly"]), notes: z.string().optional() }),
});

/** Management locks of groups and of what lies in them. */
export function openLocks(core: Core) {
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
  return {
    routes: [list],
    add: (one: Lock) => void locks.push(one),
    remove: (name: string) => {
      locks = locks.filter((one) => one.name !== name);
    },
    under,
  };
}

function rendered({ name, scope, level, notes }: Lock): z.infer<typeof lock> {
  const id = `${scope}/providers/Microsoft.Authorization/locks/${name}`;
  return { id, name, type: "Microsoft.Authorization/locks", properties: { level, ...(notes ? { notes } : {}) } };
}
