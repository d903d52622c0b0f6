import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listenStable, returnPort, takePort } from "../../../src/local/runtime/ports.js";

const servers: net.Server[] = [];
const taken: number[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const port of taken.splice(0)) returnPort(port);
});

async function listening(port: number): Promise<net.Server> {
  const server = net.createServer().listen(port, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return server;
}

async function take(wanted: number | null, name: string): Promise<number> {
  const port = await takePort(wanted, name);
  taken.push(port);
  return port;
}

test("a name gets the same port each time, and no port is given twice", async () => {
  const [first, second] = await Promise.all([take(null, "ports-test"), take(null, "ports-test")]);
  expect(second).not.toBe(first);
  for (const port of taken.splice(0)) returnPort(port);
  expect(await take(null, "ports-test")).toBe(Math.min(first, second));
});

test("the wanted port is given when it is free, also when it becomes so in a moment", async () => {
  const server = await listening(0);
  const { port } = server.address() as AddressInfo;
  const waiting = take(port, "other");
  setTimeout(() => server.close(), 200);
  expect(await waiting).toBe(port);
});

test("a wanted port that stays taken is given up", async () => {
  const { port } = (await listening(0)).address() as AddressInfo;
  expect(await take(port, "other")).not.toBe(port);
});

test("an ingress gets its port again, or the next one that is free", async () => {
  const [one, two, three] = [net.createServer(), net.createServer(), net.createServer()];
  servers.push(one, two, three);
  const first = await listenStable(one, null, "ingress-test");
  const second = await listenStable(two, null, "ingress-test");
  expect(second).toBeGreaterThan(first);
  one.close();
  expect(await listenStable(three, first, "another name")).toBe(first);
});
