/*
 * A stand-in for Azure on loopback, table by table. A resource provider is one file that opens its state and gives its
 * routes:
 *
 *   export function openLocks(core: Core) {
 *     const locks: Lock[] = [];
 *     const list = route({
 *       method: "GET",
 *       path: "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Authorization/locks",
 *       versions: ["2020-05-01"],
 *       spec: "Microsoft.Authorization/locks/stable/2020-05-01/locks.json",
 *       responses: { 200: pageOf(lock) },
 *       answer: () => ({ status: 200, body: { value: locks } }),
 *     });
 *     return { routes: [list], locks };
 *   }
 *
 * and one line in `azure.ts`. Schemas are our own, written from Microsoft's published REST specification, which `spec`
 * names. A request that no route admits, or whose query or body breaks its schema, and an answer that breaks its own,
 * are violations: they are answered with a 400 that says so, and `close()` of the stand-in throws them. What Azure
 * would refuse is thrown as `ArmError` and is no violation. Faults are put before any route: see `faults.ts`.
 */
import { z } from "zod";

export type Method = "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";

export type Caller = {
  /** Who the token was given to: object id, and the name or client id of that identity. */
  oid: string;
  name: string;
  tenantId: string;
};

/** One request, taken apart and found to be what its route admits. */
export type Call<Body = unknown> = {
  method: Method;
  /** `https://management.azure.com` */
  origin: string;
  /** Percent-decoded, without the query. */
  path: string;
  /** What the `{names}` of the host and the path stood for. */
  names: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Body;
  /** Null where the route is open to all. */
  caller: Caller | null;
};

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

export type RouteOf<Schema extends z.ZodType> = {
  method: Method;
  /** `management.azure.com` unless told; `{names}` stand for one label. */
  host?: string;
  /** `{names}` stand for one segment, `{+names}` for any number of them; compared without regard to case, as ARM does. */
  path: string;
  /** `api-version`s that the specification in `spec` is of; null where the service has none. */
  versions: string[] | null;
  /** File of azure-rest-api-specs below `specification/…/resource-manager/`, or the page that describes the call. */
  spec: string;
  /** Parameters besides `api-version`; an unknown one is a violation. */
  query?: z.ZodObject;
  /** How the body is written; JSON unless told. */
  form?: boolean;
  /** Without it the body must be empty. */
  request?: Schema;
  /** Bodies by status; null = none. Refusals with 4xx and 5xx are checked against the error schema of the host. */
  responses: Record<number, z.ZodType | null>;
  /** Who may ask: the bearer of a token for this audience; Resource Manager's unless told, null = anyone. */
  audience?: string | null;
  answer(call: Call<z.infer<Schema>>): Answer | Promise<Answer>;
};

/** A route whose body's type is forgotten: the dispatcher has checked it against the schema. */
export type Route = RouteOf<z.ZodType>;

export function route<Schema extends z.ZodType = z.ZodUndefined>(definition: RouteOf<Schema>): Route {
  return definition as unknown as Route;
}

export const uuid = z.uuid();

/** Names that are compared without regard to case keep the case they are written in. */
export const tags = z.record(z.string().max(512), z.string().max(256));

/** A list as Resource Manager gives it. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ value: z.array(item), nextLink: z.url().optional() });
}

/** `ErrorResponse` of common-types/resource-management/v5/types.json, and `CloudError`. */
export const armError = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    target: z.string().nullish(),
    details: z.array(z.looseObject({})).optional(),
    additionalInfo: z.array(z.looseObject({})).optional(),
  }),
});
