import { createHash } from "node:crypto";
import { once } from "node:events";
import http, { type IncomingMessage, type RequestListener } from "node:http";
import net, { type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Route } from "../../../src/local/gateway/forward.js";
import { type Gateway, startGateway } from "../../../src/local/gateway/gateway.js";

let app: http.Server;
let gateway: Gateway;
let route: Route;
let underWay = 0;
const errors: unknown[] = [];
const host = "alice.shop.localhost";

beforeEach(async () => {
  errors.length = 0;
  underWay = 0;
  app = http.createServer().listen(0, "127.0.0.1");
  await once(app, "listening");
  const { port } = app.address() as AddressInfo;
  const begin = () => {
    underWay++;
    return () => void underWay--;
  };
  route = { name: "ca-web", state: () => "running", target: () => ({ port, begin }) };
  gateway = await startGateway({
    port: 0,
    route: (asked) => (asked === host ? route : undefined),
    onError: (error) => errors.push(error),
  });
});

afterEach(async () => {
  await gateway.close();
  app.closeAllConnections();
  app.close();
  expect(errors).toEqual([]);
  await expect.poll(() => underWay).toBe(0);
});

/** A promise and the way to keep it. */
function resolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

function answering(listener: RequestListener): void {
  app.removeAllListeners("request").on("request", listener);
}

/** Sends a request to the gateway; the body may be given in pieces. */
async function send(
  options: http.RequestOptions = {},
  ...body: (string | Promise<string>)[]
): Promise<IncomingMessage> {
  const headers = { host, ...(options.headers as http.OutgoingHttpHeaders) };
  const request = http.request({ host: "127.0.0.1", port: gateway.port, agent: false, ...options, headers });
  const answered = once(request, "response");
  answered.catch(() => {});
  for (const piece of body) request.write(await piece);
  request.end();
  const [response] = (await answered) as [IncomingMessage];
  return response;
}

test("a request reaches the app as it was sent, with where it came from", async () => {
  answering((request, response) => response.end(JSON.stringify([request.method, request.url, request.rawHeaders])));
  const headers = {
    "X-Kept": "1",
    Connection: "x-hop",
    "X-Hop": "2",
    "Keep-Alive": "3",
    "X-Forwarded-For": "10.0.0.9",
  };
  const reply = await send({ path: "/a%20b?c=%2F", headers });
  const [method, url, raw] = JSON.parse(await text(reply)) as [string, string, string[]];
  const seen = Object.fromEntries(
    raw.flatMap((name, index) => (index % 2 ? [] : [[name.toLowerCase(), raw[index + 1]]])),
  );
  expect([method, url]).toEqual(["GET", "/a%20b?c=%2F"]);
  expect(seen).toEqual({
    host,
    "x-kept": "1",
    "x-forwarded-for": "10.0.0.9, 127.0.0.1",
    "x-forwarded-host": host,
    "x-forwarded-proto": "http",
    connection: "close",
  });
});

test("an answer reaches the client as it was sent, and says that it is simulated", async () => {
  answering((_request, response) =>
    response
      .writeHead(418, "Short and stout", [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Case", "Kept"],
        ["Connection", "x-hop"],
        ["X-Hop", "1"],
      ])
      .end("teapot"),
  );
  const reply = await send();
  expect([reply.statusCode, reply.statusMessage, await text(reply)]).toEqual([418, "Short and stout", "teapot"]);
  expect(reply.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(reply.rawHeaders).toContain("X-Case");
  expect(reply.headers).toMatchObject({ "x-simulated-by": "paas" });
  expect(reply.headers["x-hop"]).toBeUndefined();
});

test("HEAD and 304 have no body, and the connection can be used again", async () => {
  answering((request, response) => {
    if (request.method === "HEAD") response.writeHead(200, { "content-length": "5" }).end();
    else response.writeHead(304, { etag: '"1"' }).end();
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const head = await send({ method: "HEAD", agent });
  expect([head.headers["content-length"], await text(head)]).toEqual(["5", ""]);
  const unchanged = await send({ agent });
  expect([unchanged.statusCode, await text(unchanged)]).toEqual([304, ""]);
  agent.destroy();
});

test("what an app sends piece by piece arrives piece by piece", async () => {
  const { promise: firstSeen, resolve: seen } = resolvers<void>();
  answering(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
    await firstSeen;
    response.end("data: 2\n\n");
  });
  const reply = await send();
  const pieces: string[] = [];
  for await (const piece of reply) {
    pieces.push(String(piece));
    seen();
  }
  expect(pieces).toEqual(["data: 1\n\n", "data: 2\n\n"]);
});

test("what a client sends piece by piece arrives piece by piece", async () => {
  const { promise: firstSeen, resolve: seen } = resolvers<string>();
  answering(async (request, response) => {
    let body = "";
    for await (const piece of request) {
      body += String(piece);
      seen("two");
    }
    response.end(body);
  });
  expect(await text(await send({ method: "POST" }, "one", firstSeen))).toBe("onetwo");
});

test("a large body passes unchanged", async () => {
  answering(async (request, response) => {
    const hash = createHash("sha256");
    for await (const piece of request) hash.update(piece as Buffer);
    response.end(hash.digest("hex"));
  });
  const body = "0123456789".repeat(1_000_000);
  const headers = { "content-length": body.length };
  const expected = createHash("sha256").update(body).digest("hex");
  expect(await text(await send({ method: "PUT", headers }, body))).toBe(expected);
});

test("the answer to a body that the app does not want is passed on", async () => {
  answering((_request, response) => response.writeHead(413, { connection: "close" }).end("too large"));
  const reply = await send({ method: "POST", headers: { "content-length": 10 } }, "0123456789");
  expect([reply.statusCode, await text(reply)]).toEqual([413, "too large"]);
});

test("a client that leaves takes its request with it", async () => {
  const { promise: left, resolve } = resolvers<void>();
  const { promise: arrived, resolve: arrive } = resolvers<void>();
  answering((_request, response) => {
    response.once("close", resolve);
    arrive();
  });
  const request = http.get({ host: "127.0.0.1", port: gateway.port, headers: { host }, agent: false });
  request.on("error", () => {});
  await arrived;
  expect(underWay).toBe(1);
  request.destroy();
  await left;
  await expect.poll(() => underWay).toBe(0);
});

test("an answer that breaks off breaks off for the client too", async () => {
  answering((_request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    setImmediate(() => response.destroy());
  });
  await expect(text(await send())).rejects.toThrow("aborted");
});

test("an app that closes the connection without a word is told as such", async () => {
  answering((request) => request.socket.destroy());
  const reply = await send({ method: "POST" }, "lost");
  expect(reply.statusCode).toBe(502);
  expect(await text(reply)).toBe("ca-web runs but did not answer. `paas logs` may say why.\n");
});

test("a host that no environment has gets a page that tells nothing of those that are there", async () => {
  for (const foreign of ["bob.shop.localhost", "evil.example.com"]) {
    const reply = await send({ headers: { host: foreign } });
    const page = await text(reply);
    expect(reply.statusCode).toBe(404);
    expect(page).toContain(`no environment answers to ${foreign}`);
    expect(page).not.toMatch(/alice|ca-web/);
  }
});

test.each([
  ["placeholder", 503, "ca-web is created, nothing is deployed to it yet."],
  ["activating", 503, "ca-web is starting for the first time."],
  ["failed", 503, "ca-web has no version that works: its first one failed. `paas logs` says why."],
  ["stopped", 503, "ca-web does not run."],
] as const)("an app that is %s says so", async (state, status, page) => {
  route = { ...route, state: () => state, target: () => undefined };
  const reply = await send();
  expect([reply.statusCode, await text(reply)]).toEqual([status, `${page}\n`]);
});

test("a request with a body does not wait for an app that is gone", async () => {
  const { port } = app.address() as AddressInfo;
  app.close();
  let tries = 0;
  const target = () => {
    tries++;
    return { port, begin: () => () => {} };
  };
  route = { ...route, target };
  expect((await send({ method: "POST" }, "once")).statusCode).toBe(502);
  expect(tries).toBe(1);
  expect((await send()).statusCode).toBe(502);
  expect(tries).toBeGreaterThan(5);
});

/** Opens a connection through the gateway and asks for another protocol. */
async function upgrade(): Promise<{ socket: net.Socket; head: string }> {
  const socket = net.connect(gateway.port, "127.0.0.1");
  const fields = [`Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: abc"];
  socket.write(`GET /chat HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n`);
  const [head] = (await once(socket, "data")) as [Buffer];
  return { socket, head: head.toString() };
}

test("a connection that changes to another protocol goes both ways", async () => {
  app.on("upgrade", (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Path: ${request.url}\r\n\r\n`,
    );
    socket.on("data", (data: Buffer) => socket.write(`echo ${data}`));
    socket.on("error", () => {});
  });
  const { socket, head } = await upgrade();
  expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(head).toContain("X-Path: /chat\r\n");
  expect(head).toContain("upgrade: websocket\r\n");
  for (const word of ["one", "two"]) {
    socket.write(word);
    const [echo] = (await once(socket, "data")) as [Buffer];
    expect(echo.toString()).toBe(`echo ${word}`);
  }
  expect(underWay).toBe(1);
  socket.destroy();
  await expect.poll(() => underWay).toBe(0);
});

test("an app that does not change the protocol answers as usual", async () => {
  answering((_request, response) => response.writeHead(400, { "content-length": "2" }).end("no"));
  app.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno"));
  const { socket, head } = await upgrade();
  const rest = await text(socket);
  expect(head + rest).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\r\n\r\nno$/);
});

test("a taken port is said with the way out", async () => {
  await expect(startGateway({ port: gateway.port, route: () => undefined, onError: () => {} })).rejects.toMatchObject({
    code: "gateway-port-taken",
    message: `port ${gateway.port}, at which environments answer, is taken by another program`,
    next: "stop what uses it, or choose another: `paas local start --port <n>`",
  });
});

test("it listens on the loopback address alone", async () => {
  const other = net.createServer().listen(gateway.port, "127.0.0.2");
  await once(other, "listening");
  other.close();
});
