import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Answer, armError, type Call, type Route, route } from "./route.js";

type Work = {
  /** How often it is still told to be under way. */
  polls: number;
  /** Done at the end, once; gives what the operation's URL then answers. */
  finish: () => Answer;
  ended: Answer | null;
};

/**
 * What goes on after the answer. `location` operations answer 202 until their end and then what the work gives;
 * `status` operations (`Azure-AsyncOperation`) answer 200 with a status.
 */
export type Operations = {
  /** Polls that an operation takes before it ends; may be changed at any time. */
  polls: number;
  /** Starts work and gives the 202 that says so. */
  accept(call: Pick<Call, "origin" | "query">, finish: () => Answer): Answer;
  /** The same, told by `Azure-AsyncOperation`; `first` is the answer's own status and body, 201 for a new resource. */
  begin(call: Pick<Call, "origin" | "query">, finish: () => Answer, first: Answer): Answer;
  /** Ends what is under way: Azure goes on, whether or not somebody asks how far it is. */
  endAll(): void;
  routes: Route[];
};

const RESULTS = "/subscriptions/{subscriptionId}/operationresults/{id}";
const STATUSES = "/subscriptions/{subscriptionId}/operationstatuses/{id}";

/** `Retry-After` is left out: clients then ask at their own pace, and tests need not wait. */
export function openOperations(subscriptionId: string): Operations {
  const works = new Map<string, Work>();
  const poll = (id: string): Answer | null => {
    const work = works.get(id);
    if (!work) return { status: 404, body: { error: { code: "NotFound", message: `no operation ${id}` } } };
    if (work.ended) return work.ended;
    if (work.polls > 0) {
      work.polls -= 1;
      return null;
    }
    work.ended = work.finish();
    return work.ended;
  };
  const start = (finish: () => Answer): string => {
    const id = randomUUID();
    works.set(id, { polls: operations.polls, finish, ended: null });
    return id;
  };
  const link = ({ origin, query }: Pick<Call, "origin" | "query">, kind: string, id: string) =>
    `${origin}/subscriptions/${subscriptionId}/${kind}/${id}?api-version=${query.get("api-version")}`;
  const operations: Operations = {
    polls: 1,
    endAll: () => {
      for (const work of works.values()) work.ended ??= work.finish();
    },
    accept: (call, finish) => ({ status: 202, headers: { location: link(call, "operationresults", start(finish)) } }),
    begin: (call, finish, first) => ({
      ...first,
      headers: { "azure-asyncoperation": link(call, "operationstatuses", start(finish)) },
    }),
    routes: [
      route({
        method: "GET",
        path: RESULTS,
        versions: null,
        query: z.strictObject({ "api-version": z.string() }),
        spec: "resource-provider-contract v1.0, async-api-reference.md: 202 accepted and location headers",
        responses: { 200: z.unknown(), 202: null, 204: null },
        answer: ({ names, origin, query }) =>
          poll(names.id ?? "") ?? {
            status: 202,
            headers: { location: link({ origin, query }, "operationresults", names.id ?? "") },
          },
      }),
      route({
        method: "GET",
        path: STATUSES,
        versions: null,
        query: z.strictObject({ "api-version": z.string() }),
        spec: "resource-provider-contract v1.0, async-api-reference.md: azure-asyncoperation resource format",
        responses: {
          200: z.strictObject({
            id: z.string(),
            name: z.string(),
            status: z.enum(["InProgress", "Succeeded", "Failed", "Canceled"]),
            error: armError.shape.error.optional(),
          }),
        },
        answer: ({ names, path }) => {
          const ended = poll(names.id ?? "");
          const failed = ended && ended.status >= 400 ? armError.parse(ended.body) : null;
          const status = !ended ? "InProgress" : failed ? "Failed" : "Succeeded";
          return { status: 200, body: { id: path, name: names.id, status, ...failed } };
        },
      }),
    ],
  };
  return operations;
}
