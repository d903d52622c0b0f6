import { once } from "node:events";
import type http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate } from "../../../src/local/certificate.js";

export type Played = { status: number; body: string; headers: Record<string, string> };

/** A service on loopback that gives every request the answer that was put last; a client of Entra finds its way to it. */
export type Player = { url: string; certificate: string; play(answer: Played): void; close(): Promise<void> };

export async function openPlayer(): Promise<Player> {
  const { key, cert } = makeCertificate();
  let answer: Played = { status: 500, body: "", headers: {} };
  const server = https.createServer({ key, cert }, (request, response) => {
    request.resume();
    if (request.url?.endsWith("/.well-known/openid-configuration")) return void response.end(configurationFor(request));
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate: cert,
    play: (next) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What a client of Entra reads before it asks for a token. */
function configurationFor({ url = "", headers }: http.IncomingMessage): string {
  const tenant = `https://${headers.host}/${url.split("/")[1]}`;
  const endpoints = {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  };
  return JSON.stringify(endpoints);
}
