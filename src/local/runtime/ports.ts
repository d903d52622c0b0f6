import { createHash } from "node:crypto";
import net from "node:net";

/** Range that the ports of ingresses come from: below those that systems hand out by themselves, so that one that is kept for later stays free. */
const FIRST = 29_000;
const RANGE = 3500;

/** Ports that are given to a process which may not listen yet. */
const promised = new Set<number>();

/** A free loopback port; `wanted` when it is still free. Give it back with `returnPort`. */
export async function takePort(wanted: number | null): Promise<number> {
  if (wanted !== null && !promised.has(wanted) && (await isFree(wanted))) {
    promised.add(wanted);
    return wanted;
  }
  for (;;) {
    const port = await anyPort();
    if (promised.has(port)) continue;
    promised.add(port);
    return port;
  }
}

export function returnPort(port: number): void {
  promised.delete(port);
}

/** Listens on `wanted`, or, when that is 0 or taken, on a port that depends on `name` and is likely the same next time. */
export async function listenStable(server: net.Server, wanted: number, name: string): Promise<number> {
  if (wanted !== 0 && (await listens(server, wanted))) return wanted;
  const start = createHash("sha256").update(name).digest().readUInt32BE() % RANGE;
  for (let step = 0; step < RANGE; step++) {
    const port = FIRST + ((start + step) % RANGE);
    if (await listens(server, port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${FIRST + RANGE}`);
}

/** Listens on a loopback port; false when it is taken. */
export function listens(server: net.Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off("listening", listening);
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    };
    const listening = () => {
      server.off("error", failed);
      resolve(true);
    };
    server.once("error", failed).once("listening", listening).listen(port, "127.0.0.1");
  });
}

async function isFree(port: number): Promise<boolean> {
  const probe = net.createServer();
  if (!(await listens(probe, port))) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

async function anyPort(): Promise<number> {
  const probe = net.createServer();
  await listens(probe, 0);
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
