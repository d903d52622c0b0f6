import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export type Answer = { status: number; body: string };

/** Asks a URL of a local gateway; `*.localhost` goes into the Host header, since only browsers and curl resolve it. */
export function ask(url: string, limit = 10_000): Promise<Answer> {
  const { host, port, pathname } = new URL(url);
  const options = { host: "127.0.0.1", port, path: pathname, headers: { host }, agent: false, timeout: limit };
  return new Promise((resolve, reject) => {
    const request = http.get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on("timeout", () => request.destroy(new Error(`${url} did not answer within ${limit} ms`)));
    request.on("error", reject);
  });
}

/** Looks again and again until `look` gives something, at most `limit` milliseconds. */
export async function eventually<T>(look: () => Promise<T | undefined>, what: string, limit = 20_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await sleep(50);
  }
}
