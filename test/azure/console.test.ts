import { EventEmitter } from "node:events";
import https from "node:https";
import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import { exitCodeIn } from "../../src/azure/console-frames.js";
import { attach } from "../../src/azure/console-session.js";
import { openSocket } from "../../src/azure/console-socket.js";
import { localClientOptions, makeCertificate } from "../../src/local/certificate.js";
import { listenOnLoopback } from "../../src/local/front-socket.js";

test("the exit code is the last one that is told: the words hold the command too", () => {
  const told = "error executing command [sh -c echo exit code 3; exit 5], exit code 5, code: 0.";
  expect(exitCodeIn(told)).toBe(5);
  expect(exitCodeIn("OCI runtime exec failed")).toBeNull();
});

/** A socket that gives all of its messages at once, as one does whose messages lie in one piece of the connection. */
class Heap extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  isPaused = true;
  resumed = 0;
  pause() {
    this.isPaused = true;
  }
  resume() {
    this.isPaused = false;
    this.resumed += 1;
  }
  send() {}
  ping() {}
  terminate() {}
}

test("a heap of messages waits once for an output that is slow", async () => {
  const socket = new Heap();
  const slow: (() => void)[] = [];
  const stdout = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, written) => void slow.push(written) });
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
  const ended = attach(socket as unknown as WebSocket, streams, new AbortController().signal);
  for (let count = 0; count < 20; count += 1) socket.emit("message", Buffer.from([0, 1, 97]));
  expect([socket.isPaused, stdout.listenerCount("drain")]).toEqual([true, 1]);
  for (let written = slow.shift(); written; written = slow.shift()) {
    written();
    await new Promise(setImmediate);
  }
  expect([socket.isPaused, socket.resumed]).toEqual([false, 2]);
  socket.emit("close", 1000, Buffer.alloc(0));
  expect(await ended).toEqual({ exit: 0 });
});

test("a refusal whose words break off is a refusal", async () => {
  const certificate = makeCertificate(new Date(), ["127.0.0.1"]);
  const server = https.createServer(certificate).on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    const head = "HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\n";
    socket.write(`${head}no more`, () => setImmediate(() => socket.destroy()));
  });
  const front = await listenOnLoopback(server);
  try {
    const options = { ...localClientOptions(certificate.cert), retryOptions: { maxRetries: 0 } };
    const url = `wss://127.0.0.1:${front.port}/exec`;
    const opened = await openSocket(url, "token", new AbortController().signal, options);
    expect(opened).toMatchObject({ refusal: { status: 403, bodyAsText: "no more" } });
  } finally {
    await front.close();
  }
});
