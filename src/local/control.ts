import type { IncomingMessage, ServerResponse } from "node:http";
import { PaasError } from "../errors.js";
import type { AppStatus, BuildBody, DaemonStatus, ReleaseBody, TerraformBody } from "./api.js";
import type { RunRequest } from "./runs.js";
import type { Surroundings } from "./runtime/surroundings.js";
import type { Secrets } from "./secrets.js";
import { toWire, type WireLine } from "./wire.js";

/** What the daemon does for the CLI beyond playing Azure. */
export type Services = {
  status(): Promise<DaemonStatus>;
  stop(): void;
  terraform(body: TerraformBody): Record<string, string>;
  resourceExists(id: string): boolean;
  imageExists(reference: string): boolean;
  app(id: string): Promise<AppStatus>;
  surroundings(id: string): Surroundings;
  build(body: BuildBody, onLine: (line: string) => void, signal: AbortSignal): Promise<unknown>;
  release(body: ReleaseBody, onLine: (line: string) => void, signal: AbortSignal): Promise<unknown>;
  logs(
    apps: { service: string; app: string }[],
    options: { revision: string | null; system: boolean; tail: number; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<unknown>;
  secrets: Pick<Secrets, "versions" | "set" | "remove" | "copy">;
  forget(envId: string): Promise<string>;
  forgetPushes(branch: string): Promise<void>;
  run(request: RunRequest, onLine: (line: string) => void, signal: AbortSignal): Promise<unknown>;
};

type Question = { query: URLSearchParams; rest: string; body: unknown; signal: AbortSignal };
type Ask = (question: Question) => unknown;
type Follow = (question: Question, onLine: (line: string) => void) => Promise<unknown>;

/** Answers `/paas/…`; the front has checked the token, the host and the origin before. */
export function controlHandler(
  services: Services,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const asks: Record<string, Ask> = {
    "GET status": () => services.status(),
    "POST stop": () => {
      setImmediate(services.stop);
      return {};
    },
    "POST terraform": ({ body }) => services.terraform(body as TerraformBody),
    "GET resource": ({ query }) => ({ exists: services.resourceExists(query.get("id") ?? "") }),
    "GET image": ({ query }) => ({ exists: services.imageExists(query.get("reference") ?? "") }),
    "GET app": ({ query }) => services.app(query.get("id") ?? ""),
    "GET surroundings": ({ query }) => services.surroundings(query.get("id") ?? ""),
    "GET secrets": ({ rest }) => services.secrets.versions(rest),
    "POST secrets": ({ rest, body }) => {
      const { name, value } = body as { name: string; value: string };
      services.secrets.set(rest, name, value);
      return {};
    },
    "DELETE secrets": ({ rest, query }) => ({ removed: services.secrets.remove(rest, query.get("name") ?? "") }),
    "POST secret-copies": ({ rest, body }) => {
      const { from, names } = body as { from: string; names: string[] };
      return { copied: services.secrets.copy(from, rest, names) };
    },
    "POST forget": async ({ rest }) => ({ detail: await services.forget(rest) }),
    "POST forget-pushes": ({ body }) => services.forgetPushes((body as { branch: string }).branch),
  };
  const follows: Record<string, Follow> = {
    "POST builds": ({ body, signal }, onLine) => services.build(body as BuildBody, onLine, signal),
    "POST releases": ({ body, signal }, onLine) => services.release(body as ReleaseBody, onLine, signal),
    "POST runs": ({ body, signal }, onLine) => services.run(body as RunRequest, onLine, signal),
    "GET logs": async ({ query, signal }, onLine) => {
      const apps = query.getAll("app").map((pair) => {
        const cut = pair.indexOf("=");
        return { service: pair.slice(0, cut), app: pair.slice(cut + 1) };
      });
      const [revision, tail] = [query.get("revision"), Number(query.get("tail"))];
      const [follow, system] = [query.get("follow") === "true", query.get("system") === "true"];
      const options = { revision, system, tail, follow, signal };
      for await (const line of services.logs(apps, options)) onLine(JSON.stringify(line));
    },
  };

  return async (request, response) => {
    const url = new URL(request.url ?? "/", "https://127.0.0.1");
    const [, , name = "", rest = ""] = url.pathname.split("/");
    const left = new AbortController();
    response.once("close", () => left.abort());
    const call = `${request.method} ${name}`;
    const question = async () => ({
      query: url.searchParams,
      rest: decodeURIComponent(rest),
      body: await readBody(request),
      signal: left.signal,
    });
    const [ask, follow] = [asks[call], follows[call]];
    if (follow) await stream(response, async (onLine) => follow(await question(), onLine));
    else await answer(response, async () => (ask ? ask(await question()) : notFound(call)));
  };
}

async function answer(response: ServerResponse, work: () => Promise<unknown>): Promise<void> {
  response.setHeader("content-type", "application/json");
  try {
    response.end(JSON.stringify((await work()) ?? null));
  } catch (error) {
    response.statusCode = 400;
    response.end(JSON.stringify({ error: toWire(error) }));
  }
}

async function stream(
  response: ServerResponse,
  work: (onLine: (line: string) => void) => Promise<unknown>,
): Promise<void> {
  const send = (message: WireLine) => void response.write(`${JSON.stringify(message)}\n`);
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.flushHeaders();
  try {
    send({ done: (await work((line) => send({ line }))) ?? null });
  } catch (error) {
    send({ error: toWire(error) });
  }
  response.end();
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function notFound(call: string): never {
  throw new PaasError("local-api", `the local cloud has no ${call}`, { next: "`paas local stop`, then repeat" });
}
