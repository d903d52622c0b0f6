import https from "node:https";
import { text } from "node:stream/consumers";
import type { Address } from "./daemon.js";

export type Request = { method?: string; path: string; headers?: Record<string, string>; body?: unknown };

/** One request to the local cloud's HTTPS port, with these headers and no other. */
export function request({ port, certificate }: Address, { method = "GET", path, headers = {}, body }: Request) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca: certificate, servername: "localhost", agent: false };
    const sent = https.request({ ...options, method, path, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.once("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What the CLI sends with its requests. */
export function signedIn({ token }: Address): Record<string, string> {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}
