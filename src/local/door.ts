import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { listenOnLoopback } from "./front-socket.js";
import { verifyToken } from "./token.js";

export type DoorOptions = {
  /** The daemon's secret: a token signed with it is the proxy's password. */
  secret: Buffer;
  /** Port of the front on 127.0.0.1. */
  front: number;
  /** What may be asked for, `host:port`; the hosts of Azure that the local cloud plays, unless told. */
  targets?: RegExp;
};

export type Door = {
  port: number;
  /** Value for `HTTPS_PROXY`. */
  proxyUrl(token: string): string;
  /** What was asked for and refused, `host:port`, newest last; the oldest are forgotten. */
  refused: string[];
  close(): Promise<void>;
};

/** How many refusals are remembered. */
const REMEMBERED = 100;

const TARGETS = /^([a-z0-9]{3,24}\.blob\.core\.windows\.net|login\.microsoftonline\.com|management\.azure\.com):443$/i;

/**
 * Starts a CONNECT proxy on a free port of 127.0.0.1 that leads Azure's host names to the front, and nothing anywhere
 * else: so a Terraform run with its production configuration stays on this machine.
 *
 * A refusal closes the socket without a word: Terraform's backend takes that for final, but repeats a request for hours
 * that a proxy answers with an HTTP error. (Its sign-in tries five times in 15 s, however it is refused.)
 */
export async function startDoor({ secret, front, targets = TARGETS }: DoorOptions): Promise<Door> {
  const refused: string[] = [];
  const remember = (target: string): void => {
    refused.push(target);
    if (refused.length > REMEMBERED) refused.shift();
  };
  const server = createServer((request, response) => {
    remember(request.url ?? "");
    response.destroy();
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    const target = request.url ?? "";
    if (!targets.test(target) || !isAllowed(request, secret)) {
      remember(target);
      client.destroy();
      return;
    }
    lead(client, head, front);
  });
  const { port, close } = await listenOnLoopback(server);
  return { port, refused, proxyUrl: (token) => `http://paas:${token}@127.0.0.1:${port}`, close };
}

function isAllowed(request: IncomingMessage, secret: Buffer): boolean {
  const basic = /^Basic (\S+)$/i.exec(request.headers["proxy-authorization"] ?? "")?.[1] ?? "";
  const [user, token = ""] = Buffer.from(basic, "base64").toString("utf8").split(":", 2);
  return user === "paas" && verifyToken(secret, token) !== null;
}

function lead(client: Duplex, head: Buffer, front: number): void {
  const upstream = connect(front, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on("error", () => client.destroy());
  upstream.once("close", () => client.destroy());
  client.once("close", () => upstream.destroy());
}
