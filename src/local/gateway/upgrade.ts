import http, { type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Route } from "./forward.js";
import { rawHead, requestHeaders, responseHeaders } from "./headers.js";
import { pageFor, rawPage } from "./pages.js";

/** Leads a connection that asks for another protocol (a WebSocket) to the app behind `route`, and then both ways. */
export function forwardUpgrade(route: Route, request: IncomingMessage, client: Duplex, head: Buffer): void {
  const target = route.target();
  client.on("error", () => client.destroy());
  if (!target) return void client.end(rawPage(pageFor(route)));
  client.once("close", target.begin());
  const outgoing = http.request({
    host: "127.0.0.1",
    port: target.port,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    agent: false,
    headers: requestHeaders(request, ["connection", "upgrade", "upgrade", request.headers.upgrade ?? ""]),
  });
  client.once("close", () => outgoing.destroy());
  let answered = false;
  outgoing.on("error", () => {
    if (!answered) client.end(rawPage(pageFor(route)));
  });
  outgoing.once("response", (answer) => {
    answered = true;
    // The app does not want to: its answer, then the end.
    client.write(headOf(answer, ["connection", "close"]), "latin1");
    answer.pipe(client);
  });
  outgoing.once("upgrade", (answer, server, rest) => {
    answered = true;
    client.write(headOf(answer, ["connection", "upgrade", "upgrade", answer.headers.upgrade ?? ""]), "latin1");
    client.write(rest);
    server.write(head);
    join(client, server);
    join(server, client);
  });
  outgoing.end();
}

/** Passes on what `from` says; when it says no more, `to` is closed as soon as it has heard everything. */
function join(from: Duplex, to: Duplex): void {
  const close = () => to.end(() => to.destroy());
  from.pipe(to, { end: false });
  from.once("end", close).once("close", close);
  from.on("error", () => from.destroy());
}

function headOf(answer: IncomingMessage, connection: string[]): string {
  return rawHead(answer.statusCode ?? 502, answer.statusMessage, [...responseHeaders(answer), ...connection]);
}
