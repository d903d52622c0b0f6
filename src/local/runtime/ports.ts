import { createHash } from "node:crypto";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Ranges that loopback ports are chosen from, below those that systems hand out by themselves: a port that is kept for
 * the next start is then unlikely to be another program's by that time.
 */
const PROCESSES = { first: 10_000, count: 11_000 };
const INGRESSES = { first: 29_000, count: 3500 };

/** Milliseconds that a program which was just killed may take to leave its port. */
export const PATIENCE = 1000;
const PAUSE = 50;

type Range = typeof PROCESSES;

/** Ports that are given to a process which may not listen yet. */
const promised = new Set<number>();

/**
 * A free port for a process; give it back with `returnPort`.
 * @param wanted the one it had before, which it gets again if it is free
 * @param name what the choice depends on otherwise
 */
export async function takePort(wanted: number | null, name: string): Promise<number> {
  if (wanted !== null && (await promise(wanted, PATIENCE))) return wanted;
  for (const port of candidates(name, PROCESSES)) if (await promise(port, 0)) return port;
  throw noPort(PROCESSES);
}

export function returnPort(port: number): void {
  promised.delete(port);
}

/** Makes the server of an ingress listen: on the port it had before if that is free, else on one that depends on `name`. */
export async function listenStable(server: net.Server, wanted: number | null, name: string): Promise<number> {
  if (wanted !== null && (await listens(server, wanted, PATIENCE))) return wanted;
  for (const port of candidates(name, INGRESSES)) if (await listens(server, port, 0)) return port;
  throw noPort(INGRESSES);
}

/** Listens on a loopback port; false when it is taken for `patience` ms. */
export async function listens(server: net.Server, port: number, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (!(await tryToListen(server, port))) {
    if (performance.now() >= end) return false;
    await sleep(PAUSE);
  }
  return true;
}

function tryToListen(server: net.Server, port: number): Promise<boolean> {
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

/** Promised before it is tried: somebody else may ask meanwhile. */
async function promise(port: number, patience: number): Promise<boolean> {
  if (promised.has(port)) return false;
  promised.add(port);
  const probe = net.createServer();
  const free = await listens(probe, port, patience);
  if (free) await new Promise((resolve) => probe.close(resolve));
  else promised.delete(port);
  return free;
}

function* candidates(name: string, { first, count }: Range): Generator<number> {
  const start = createHash("sha256").update(name).digest().readUInt32BE() % count;
  for (let step = 0; step < count; step++) yield first + ((start + step) % count);
}

function noPort({ first, count }: Range): Error {
  return new Error(`no port is free from ${first} to ${first + count - 1}`);
}
