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

export type RouteState = "running" | "activating" | "failed" | "restarting" | "placeholder" | "stopped";

/** What is known of the app that a request is for. */
export type Route = {
  name: string;
  state(): RouteState;
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
function isComing(route: Route): boolean {
  return ["running", "restarting"].includes(route.state());
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
async function attempt(route: Route, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const target = route.target();
  if (!target) return true;
  const outgoing = openRequest(target.port, request);
  const end = target.begin();
  const leave = () => outgoing.destroy();
  response.once("close", leave);
  try {
    return await exchange(route, request, response, outgoing);
  } finally {
    response.off("close", leave);
    end();
  }
}

/** No connection is kept for later: one that an app closes at the moment of its reuse would fail a request. */
function openRequest(port: number, request: IncomingMessage): http.ClientRequest {
  const { method = "GET", url = "/" } = request;
  return http.request({ host: "127.0.0.1", port, method, path: url, agent: false, headers: requestHeaders(request) });
}

function exchange(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: http.ClientRequest,
): Promise<boolean> {
  return new Promise((resolve) => {
    let connected = false;
    let answered = false;
    const closed = () => resolve(false);
    response.once("close", closed);
    // The body is taken from the client only when the app is there, so that a refused connection loses nothing of it.
    outgoing.once("socket", (socket) =>
      socket.once("connect", () => {
        connected = true;
        request.pipe(outgoing);
      }),
    );
    outgoing.once("response", (answer) => {
      answered = true;
      if (!sendHead(answer, response)) return sendPage(response, pageFor(route));
      pipeline(answer, response, () => {});
    });
    outgoing.on("error", () => {
      if (!connected && !response.destroyed) {
        response.off("close", closed);
        return resolve(true);
      }
      // An app may answer before it has read the whole body; its answer counts.
      if (!answered) sendPage(response, pageFor(route));
    });
  });
}

/** False for a head that no client would understand. */
function sendHead(answer: IncomingMessage, response: ServerResponse): boolean {
  try {
    response.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? "", responseHeaders(answer));
    response.flushHeaders();
    return true;
  } catch {
    answer.destroy();
    return false;
  }
}
