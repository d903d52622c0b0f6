import https from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ClientOptions } from "../../src/azure/client.js";
import { outputOf, readStream } from "../../src/azure/log-stream.js";
import { localClientOptions, makeCertificate } from "../../src/local/certificate.js";
import { listenOnLoopback } from "../../src/local/front-socket.js";

/* Streams whose connection does not end as it should: `/break` breaks after a line, `/hang` says nothing after it. */

let base: string;
let options: ClientOptions;
let close: () => Promise<void>;
beforeAll(async () => {
  const certificate = makeCertificate(new Date(), ["127.0.0.1"]);
  const server = https.createServer(certificate, (request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write(`${JSON.stringify({ TimeStamp: "2026-11-21T10:00:00Z", Log: "a line" })}\n`, () => {
      if (request.url?.startsWith("/break")) setImmediate(() => response.socket?.destroy());
    });
  });
  const front = await listenOnLoopback(server);
  close = front.close;
  base = `https://127.0.0.1:${front.port}`;
  options = { ...localClientOptions(certificate.cert), retryOptions: { maxRetries: 0 } };
});
afterAll(() => close());

async function read(path: string, follow: boolean, signal = new AbortController().signal): Promise<string[]> {
  const texts: string[] = [];
  const token = async () => "token";
  const source = { endpoint: `${base}${path}`, tail: 10, token, options, entryOf: outputOf, patience: 1000 };
  for await (const { text } of readStream({ ...source, follow, signal })) texts.push(text);
  return texts;
}

test("a connection that breaks is told in our words, and for who follows it is an end", async () => {
  await expect(read("/break", false)).rejects.toMatchObject({
    name: "PaasError",
    message: expect.stringContaining("could not read the output"),
  });
  expect(await read("/break", true)).toEqual(["a line"]);
});

test("a stream that is not followed must end", async () => {
  await expect(read("/hang", false)).rejects.toMatchObject({
    code: "azure-slow",
    message: "the output did not end within 1 s",
    next: expect.stringContaining("paas logs -f"),
  });
});
