import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PaasError } from "../errors.js";
import { otherVersion, version } from "../version.js";
import { type DaemonAddress, isAlive, readAddress } from "./address.js";
import { type Connection, connectionTo } from "./connection.js";
import { makeLocalFolder } from "./folder.js";
import { fromWire, type WireError } from "./wire.js";

const START_LIMIT = 30_000;

export type StartOptions = {
  variables: NodeJS.ProcessEnv;
  note: (line: string) => void;
  /** Gateway port to use from now on. */
  port?: number;
};

/** Connects to the checkout's daemon; starts it when it does not run, replaces one of another version. */
export async function ensureDaemon(root: string, options: StartOptions): Promise<Connection> {
  const running = await runningDaemon(root);
  if (running && running.address.version === version && sameGateway(running.address, options)) return running;
  if (running) {
    const why = running.address.version === version ? "port" : "version";
    options.note(`the local cloud runs with another ${why}: restarting it`);
    await stopDaemon(running);
  }
  return startDaemon(root, options);
}

/**
 * The daemon of the checkout that has started this command, which is a guest there: it neither starts nor replaces one.
 * @throws PaasError `local-cloud-gone`, `local-cloud-version`
 */
export async function daemonOfHost(root: string): Promise<Connection> {
  const running = await runningDaemon(root);
  if (!running) {
    throw new PaasError("local-cloud-gone", `the local cloud of ${root} does not run any more`, {
      next: "`paas local start` there, then repeat; `paas local logs` says what happened",
    });
  }
  if (running.address.version !== version) throw otherVersion(running.address.version, version);
  return running;
}

/** The daemon that answers for this checkout, or null. */
export async function runningDaemon(root: string): Promise<Connection | null> {
  const address = readAddress(root);
  if (!address) return null;
  const connection = connectionTo(address);
  return connection.ask("/paas/status", { signal: AbortSignal.timeout(5000) }).then(
    () => connection,
    () => null,
  );
}

/** Asks the daemon to end, and waits until its process is gone. */
export async function stopDaemon(connection: Connection): Promise<void> {
  const { pid } = connection.address;
  await connection.ask("/paas/stop", { method: "POST" });
  await until(() => !isAlive(pid), 30_000, `process ${pid} of the local cloud to end`);
}

async function startDaemon(root: string, options: StartOptions): Promise<Connection> {
  const places = makeLocalFolder(root);
  const log = fs.openSync(places.daemonLog, "a", 0o600);
  const failure = path.join(places.folder, "start-error.json");
  fs.rmSync(failure, { force: true });
  const words = [daemonScript(), root, ...(options.port === undefined ? [] : [String(options.port)])];
  const child = spawn(process.execPath, words, {
    cwd: root,
    detached: true,
    stdio: ["ignore", log, log],
    env: daemonVariables(options.variables),
  });
  fs.closeSync(log);
  child.unref();
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  child.once("error", () => {
    ended = true;
  });
  let connection: Connection | null = null;
  await until(
    async () => {
      connection = await runningDaemon(root);
      return connection !== null || ended;
    },
    START_LIMIT,
    `the local cloud to start (its log: ${places.daemonLog})`,
  );
  // Another command may have started one at the same moment: ours then ended and theirs answers.
  connection ??= await runningDaemon(root);
  if (connection) return connection;
  if (fs.existsSync(failure)) throw fromWire(JSON.parse(fs.readFileSync(failure, "utf8")) as WireError);
  throw new PaasError("local-cloud-not-started", "the local cloud did not start", {
    details: lastLines(places.daemonLog, 10),
    next: `read ${places.daemonLog}`,
  });
}

/** Beside this module's bundle; an unbuilt checkout has none. */
function daemonScript(): string {
  return fileURLToPath(new URL("./daemon.js", import.meta.url));
}

/** The daemon inherits what builds may need (PATH, proxies, registries), never what leads git or node elsewhere. */
function daemonVariables(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = (name: string) =>
    name.startsWith("GIT_") || name.startsWith("TF_") || name.startsWith("ARM_") || name.startsWith("PAAS_SECRET_");
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !foreign(name) && name !== "NODE_OPTIONS"));
}

function sameGateway(address: DaemonAddress, options: StartOptions): boolean {
  return options.port === undefined || options.port === address.gatewayPort;
}

async function until(check: () => boolean | Promise<boolean>, limit: number, what: string): Promise<void> {
  const end = Date.now() + limit;
  while (!(await check())) {
    if (Date.now() > end) {
      throw new PaasError("timeout", `waited ${limit / 1000} s for ${what}`, { next: "see `paas local logs`" });
    }
    await sleep(50);
  }
}

function lastLines(file: string, count: number): string[] {
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
}
