import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { Certificate } from "./certificate.js";
import { listenOnLoopback } from "./front-socket.js";
import { verifyToken } from "./token.js";

/** Answers one request. What it throws becomes a 500 that names no detail. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export type FrontOptions = {
  certificate: Certificate;
  /** The daemon's secret: tokens signed with it open the front. */
  secret: Buffer;
  /** Name of the one storage account. */
  account: string;
  storage: Handler;
  /** Sign-in; checks credentials of its own, because who asks for a token has none yet. */
  entra: Handler;
  arm: Handler;
  /** The daemon's own calls, under `/paas/`. */
  control: Handler;
  /** Hears of failures of the parts behind the front. */
  onError?: (error: unknown) => void;
};

export type Front = { port: number; url: string; close(): Promise<void> };

const BLOB_SUFFIX = ".blob.core.windows.net";

/**
 * Starts the one HTTPS server before everything in the local cloud, on a free port of 127.0.0.1. A request without a
 * valid bearer token, from a web page (`Origin`) or for a host that is not played here is refused before its body is read.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const { key, cert } = options.certificate;
  const server = https.createServer({ key, cert, minVersion: "TLSv1.2", keepAliveTimeout: 60_000 });
  const { port, close } = await listenOnLoopback(server);
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = refuse(request, options.secret, port);
    if (refusal) sendRefusal(response, refusal);
    else run(request, response, options);
  };
  server.on("request", answer);
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (refuse(request, options.secret, port) === null) response.writeContinue();
    answer(request, response);
  });
  return { port, url: `https://127.0.0.1:${port}`, close };
}

/** Answers with an error in the form that Azure Resource Manager gives it. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { code, message } });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

type Refusal = { status: 400 | 401 | 403; code: string; message: string };

function refuse(request: IncomingMessage, secret: Buffer, port: number): Refusal | null {
  const { origin, authorization = "" } = request.headers;
  if (origin !== undefined) {
    return { status: 403, code: "OriginNotAllowed", message: "Web pages may not call the local cloud." };
  }
  const host = hostOf(request);
  if (!isLoopback(host, port) && !isAzure(host)) {
    return { status: 403, code: "HostNotAllowed", message: "The local cloud does not answer for this host." };
  }
  if (!request.url?.startsWith("/")) {
    return { status: 400, code: "BadRequest", message: "The request target must be a path." };
  }
  if (host === "login.microsoftonline.com") return null;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined || verifyToken(secret, token) === null) {
    return {
      status: 401,
      code: "AuthenticationFailed",
      message: "A valid bearer token of this local cloud is needed.",
    };
  }
  return null;
}

function run(request: IncomingMessage, response: ServerResponse, options: FrontOptions): void {
  const answered = async () => route(request, options)(request, response);
  answered().catch((error) => {
    options.onError?.(error);
    if (response.headersSent) response.destroy();
    else sendError(response, 500, "InternalServerError", "The local cloud failed to answer; see its log.");
  });
}

function sendRefusal(response: ServerResponse, { status, code, message }: Refusal): void {
  response.setHeader("connection", "close");
  sendError(response, status, code, message);
}

function route(request: IncomingMessage, options: FrontOptions): Handler {
  const host = hostOf(request);
  const [first = ""] = (request.url ?? "/").slice(1).split(/[/?]/, 1);
  if (host.endsWith(BLOB_SUFFIX)) return options.storage;
  if (host === "login.microsoftonline.com") return options.entra;
  if (host === "management.azure.com") return options.arm;
  if (first === options.account) return options.storage;
  if (first === "paas") return options.control;
  return options.arm;
}

/** The host asked for, in lower case, without the default port. */
function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? "").toLowerCase().replace(/:443$/, "");
}

function isLoopback(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function isAzure(host: string): boolean {
  if (host === "login.microsoftonline.com" || host === "management.azure.com") return true;
  return host.endsWith(BLOB_SUFFIX) && /^[a-z0-9]{3,24}$/.test(host.slice(0, -BLOB_SUFFIX.length));
}
