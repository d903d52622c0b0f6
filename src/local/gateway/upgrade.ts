import http, { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Route } from "./forward.js";
import { requestHeaders, responseHeaders } from "./headers.js";
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
  outgoing.once("error", () => client.end(rawPage(pageFor(route))));
  outgoing.once("response", (answer) => {
    // The app refused: its answer, then the end.
    client.write(headOf(answer, ["connection", "close"]));
    answer.pipe(client);
  });
  outgoing.once("upgrade", (answer, server, rest) => {
    client.write(headOf(answer, ["connection", "upgrade", "upgrade", answer.headers.upgrade ?? ""]));
    client.write(rest);
    server.write(head);
    server.on("error", () => client.destroy());
    server.once("close", () => client.destroy());
    client.once("close", () => server.destroy());
    server.pipe(client).pipe(server);
  });
  outgoing.end();
}

function headOf(answer: IncomingMessage, connection: string[]): string {
  const fields = [...responseHeaders(answer), ...connection];
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}\r\n`] : []));
  const status = answer.statusCode ?? 502;
  return `HTTP/1.1 ${status} ${answer.statusMessage || STATUS_CODES[status]}\r\n${lines.join("")}\r\n`;
}
