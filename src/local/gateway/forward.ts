import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { requestHeaders, responseHeaders } from "./headers.js";
import { pageFor, sendPage } from "./pages.js";

/** Where an app answers right now. */
export type Target = {
  port: number;
  /** Says that a request is under way; what it gives is called when the request has ended. */
  begin(): () => void;
};

/** What is known of the app that a request is for. */
export type Route = {
  name: string;
  state: "running" | "activating" | "failed" | "restarting" | "placeholder" | "stopped";
  /** Asked anew for each try; undefined while nothing answers. */
  target(): Target | undefined;
};

/** Milliseconds that a request which reads only may wait for an app that is just being restarted. */
const WAIT = 2000;
const PAUSE = 100;

/** Answers a request with the answer of the app behind `route`. */
export async function forward(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const waits = isReadOnly(request);
  const end = performance.now() + (waits ? WAIT : 0);
  for (;;) {
    const refused = await attempt(route, request, response);
    if (!refused || response.destroyed) return;
    if (performance.now() >= end || !isComing(route)) return sendPage(response, pageFor(route));
    await sleep(PAUSE);
  }
}

/** True when there is an app that may answer if asked again. */
function isComing({ state }: Route): boolean {
  return state === "running" || state === "restarting";
}

/** A request without a body, that may be sent twice. */
function isReadOnly({ method, headers }: IncomingMessage): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return (method === "GET" || method === "HEAD") && !hasBody;
}

/**
 * Tries once. Settles when the exchange has ended.
 * @returns true when nothing listens there: not a byte was sent, so that it may be tried again
 */
function attempt(route: Route, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const target = route.target();
  if (!target) return Promise.resolve(true);
  const end = target.begin();
  return new Promise<boolean>((resolve) => {
    // No connection is kept for later: one that an app closes at the moment of its reuse would fail a request.
    const outgoing = http.request({
      host: "127.0.0.1",
      port: target.port,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      agent: false,
      headers: requestHeaders(request),
    });
    const settle = (refused: boolean) => {
      end();
      resolve(refused);
    };
    response.once("close", () => {
      outgoing.destroy();
      settle(false);
    });
    outgoing.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? "", responseHeaders(answer));
      response.flushHeaders();
      pipeline(answer, response, () => {});
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" && !request.readableDidRead) return settle(true);
      if (response.headersSent) response.destroy();
      else sendPage(response, pageFor(route));
    });
    sendBody(request, outgoing);
  });
}

/** The body is taken from the client only when the app is there, so that a refused connection loses nothing of it. */
function sendBody(request: IncomingMessage, outgoing: http.ClientRequest): void {
  outgoing.once("socket", (socket) => {
    socket.once("connect", () => pipeline(request, outgoing, () => {}));
  });
}
