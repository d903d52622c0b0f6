import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { z } from "zod";
import { ArmError } from "../../../src/local/arm/exchange.js";
import type { Core } from "./core.js";
import { type Answered, type Faults, isAnswered, withhold } from "./faults.js";
import { type Answer, armError, type Call, type Caller, type Route } from "./route.js";

const ARM = "management.azure.com";
const ARM_AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];

/** What a request breaks; its message names the request. */
class Violation extends Error {}

type Compiled = { route: Route; host: RegExp; path: RegExp };

export type Dispatcher = {
  /** Everything that was asked, `GET https://management.azure.com/…`, in order. */
  requests: string[];
  violations: string[];
  /** Writes a request down, and tells of it. */
  note(request: string): void;
  /** Calls `listener` for every request before it is answered. */
  watch(listener: (request: string) => void): void;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
};

/** Finds a request's route, checks what is asked and what is answered, and puts faults before both. */
export function createDispatcher(routes: Route[], faults: Faults, core: Core): Dispatcher {
  const compiled = routes.map((route) => ({
    route,
    host: patternOf(route.host ?? ARM, "[^.]+"),
    path: patternOf(route.path, "[^/]+"),
  }));
  const listeners: ((request: string) => void)[] = [];
  const dispatcher: Dispatcher = {
    requests: [],
    violations: [],
    note: (request) => {
      dispatcher.requests.push(request);
      for (const listener of listeners) listener(request);
    },
    watch: (listener) => void listeners.push(listener),
    handle: async (request, response) => {
      const url = urlOf(request);
      dispatcher.note(`${request.method} ${url.href}`);
      const trouble = faults.meet(request.method ?? "", `${url.host}${url.pathname}`);
      const body = await text(request);
      if (trouble === "reset") return void request.socket.destroy();
      if (isAnswered(trouble)) return send(response, troubled(trouble));
      if (trouble) withhold(response, trouble);
      const answer = await answered(request, url, body, compiled, core).catch((error: unknown) => {
        if (!(error instanceof Violation)) throw error;
        const message = `${request.method} ${url.href}: ${error.message}`;
        dispatcher.violations.push(message);
        return { status: 400, body: { error: { code: "StandInViolation", message } } };
      });
      send(response, answer);
    },
  };
  return dispatcher;
}

async function answered(
  request: IncomingMessage,
  url: URL,
  body: string,
  compiled: Compiled[],
  core: Core,
): Promise<Answer> {
  const found = compiled
    .filter(({ route }) => route.method === request.method)
    .map(({ route, host, path }) => ({ route, host: host.exec(url.host), path: path.exec(decoded(url)) }))
    .find(({ host, path }) => host && path);
  if (!found) throw new Violation("no route of the stand-in answers this");
  const { route } = found;
  const caller = callerOf(route, request, core);
  if (caller === "refused") {
    const message = "The access token is missing, invalid, expired or for another audience.";
    return { status: 401, body: { error: { code: "AuthenticationFailed", message } } };
  }
  const call: Call = {
    method: route.method,
    origin: url.origin,
    path: decoded(url),
    names: { ...found.host?.groups, ...found.path?.groups },
    query: url.searchParams,
    headers: headersOf(request),
    body: checkedBody(route, body),
    caller,
  };
  checkQuery(route, call);
  const refusal = foreign(call, core);
  return checkedAnswer(route, refusal ?? (await outcome(route, call)));
}

async function outcome(route: Route, call: Call): Promise<Answer> {
  try {
    return await route.answer(call);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return { status: error.status, body: { error: { code: error.code, message: error.message } } };
  }
}

/** Resource Manager knows a token's subscriptions, and says of all others that they are not there. */
function foreign({ names, caller }: Call, core: Core): Answer | null {
  const { subscriptionId } = names;
  if (subscriptionId === undefined || !caller) return null;
  const known = core.subscriptions.find((one) => one.subscriptionId === subscriptionId.toLowerCase());
  if (!known) {
    const message = `The subscription '${subscriptionId}' could not be found.`;
    return { status: 404, body: { error: { code: "SubscriptionNotFound", message } } };
  }
  if (known.tenantId === caller.tenantId) return null;
  const message = `The access token is from the wrong issuer 'https://sts.windows.net/${caller.tenantId}/'. It must match the tenant 'https://sts.windows.net/${known.tenantId}/' associated with this subscription.`;
  return { status: 401, body: { error: { code: "InvalidAuthenticationTokenTenant", message } } };
}

function callerOf(route: Route, request: IncomingMessage, core: Core): Caller | null | "refused" {
  if (route.audience === null) return null;
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const claims = core.tokens.read(token, core.now());
  const audiences = route.audience ? [route.audience] : ARM_AUDIENCES;
  if (!claims || !audiences.includes(claims.aud.replace(/\/$/, ""))) return "refused";
  return { oid: String(claims.oid), name: String(claims.upn ?? claims.appid), tenantId: String(claims.tid) };
}

function checkQuery(route: Route, { query }: Call): void {
  const { "api-version": version, ...others } = Object.fromEntries(query);
  if (route.versions && !route.versions.includes(version ?? "")) {
    throw new Violation(`api-version ${version} is not one of ${route.versions.join(", ")}`);
  }
  const rest = route.versions ? others : Object.fromEntries(query);
  const unknown = Object.keys(rest).filter((name) => !(name in (route.query?.shape ?? {})));
  if (unknown.length > 0) throw new Violation(`unknown parameters ${unknown.join(", ")}`);
  check(route.query, rest, "query");
}

function checkedBody(route: Route, body: string): unknown {
  if (!route.request) {
    if (body !== "") throw new Violation(`a body where none is expected: ${body}`);
    return undefined;
  }
  return check(route.request, route.form ? Object.fromEntries(new URLSearchParams(body)) : parsed(body), "request");
}

function checkedAnswer(route: Route, answer: Answer): Answer {
  const { status, body, headers = {} } = answer;
  if (status >= 400 && !(status in route.responses)) {
    if ((route.host ?? ARM) === ARM && route.method !== "HEAD") check(armError, body, `answer ${status}`);
    return answer;
  }
  if (!(status in route.responses)) throw new Violation(`the stand-in answered ${status}, which ${route.spec} has not`);
  const schema = route.responses[status];
  if (!schema && body !== undefined) throw new Violation(`the stand-in answered ${status} with a body`);
  // What streams is checked by whoever writes it.
  if (schema && !(body instanceof Readable))
    check(schema, JSON.parse(JSON.stringify(body ?? null)), `answer ${status}`);
  if (status === 202 && !headers.location && !headers["azure-asyncoperation"])
    throw new Violation("the stand-in answered 202 without saying where to ask on");
  return answer;
}

function check(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new Violation(`${what} breaks its schema: ${problems} in ${JSON.stringify(value)}`);
}

function parsed(body: string): unknown {
  try {
    return body === "" ? undefined : JSON.parse(body);
  } catch {
    throw new Violation(`the body is no JSON: ${body}`);
  }
}

function troubled({ status, code, message = code, headers = {} }: Answered): Answer {
  return { status, headers, body: { error: { code, message } } };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) return void response.writeHead(status, { "content-length": 0 }).end();
  if (body instanceof Readable) return void body.pipe(response.writeHead(status, { "content-type": "text/plain" }));
  if (typeof body === "string") return void response.writeHead(status, { "content-type": "text/plain" }).end(body);
  const json = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(json),
  });
  response.end(json);
}

/** The SDKs join a scope that begins with a slash to a path that ends with one. */
function urlOf(request: IncomingMessage): URL {
  const host = (request.headers.host ?? "").toLowerCase().replace(/:443$/, "");
  return new URL(`https://${host}${(request.url ?? "/").replace(/^\/+/, "/")}`);
}

function decoded(url: URL): string {
  return decodeURIComponent(url.pathname);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function patternOf(template: string, one: string): RegExp {
  const source = template
    .replaceAll(/[.$()*?]/g, "\\$&")
    .replaceAll(/\{\+(\w+)\}/g, "(?<$1>.+)")
    .replaceAll(/\{(\w+)\}/g, `(?<$1>${one})`);
  return new RegExp(`^${source}/?$`, "i");
}
