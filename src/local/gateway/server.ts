import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { forward, type Route } from "./forward.js";
import { rawPage, sendPage, unknownHost } from "./pages.js";
import { forwardUpgrade } from "./upgrade.js";

/** An HTTP server that answers with other servers' answers; the caller makes it listen. */
export type ForwardingServer = {
  server: http.Server;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
};

/** Forwards each request to the app that `route` names for its Host; undefined is answered 404. */
export function forwardingServer(
  route: (host: string) => Route | undefined,
  onError: (error: unknown) => void,
): ForwardingServer {
  const upgraded = new Set<Duplex>();
  const server = http.createServer((request, response) => {
    answer(route, request, response).catch((error: unknown) => {
      onError(error);
      response.destroy();
    });
  });
  // Uploads and streams may take as long as they like, and clients may keep a connection for a while.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  server.on("upgrade", (request, socket, head) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    const { host = "" } = request.headers;
    try {
      const found = route(host);
      if (found) forwardUpgrade(found, request, socket, head);
      else socket.end(rawPage(unknownHost(host)));
    } catch (error) {
      onError(error);
      socket.destroy();
    }
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

async function answer(
  route: (host: string) => Route | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host = "" } = request.headers;
  const found = route(host);
  if (found) await forward(found, request, response);
  else sendPage(response, unknownHost(host));
}
