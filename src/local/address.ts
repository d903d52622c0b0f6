import fs from "node:fs";
import { localFolder } from "./folder.js";

/** How to reach the running daemon; the file is 0600, because the token is the key to everything in it. */
export type DaemonAddress = {
  schemaVersion: 1;
  version: string;
  pid: number;
  startedAt: string;
  /** HTTPS, 127.0.0.1: storage, ARM and the daemon's own API. */
  port: number;
  /** CONNECT proxy for Terraform, 127.0.0.1. */
  doorPort: number;
  /** Where environments answer. */
  gatewayPort: number;
  /** Bearer token of this start, JWT-shaped because the Azure SDKs and Azurite expect one. */
  token: string;
  /** PEM of the self-signed certificate of this start. */
  certificate: string;
};

/** The address of the daemon that runs for this checkout, or null. */
export function readAddress(root: string): DaemonAddress | null {
  const { daemonFile } = localFolder(root);
  if (!fs.existsSync(daemonFile)) return null;
  try {
    const address = JSON.parse(fs.readFileSync(daemonFile, "utf8")) as DaemonAddress;
    return isAlive(address.pid) ? address : null;
  } catch {
    return null;
  }
}

/** True when a process with this id runs (it may be another program's by now); one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Where process 1 does not reap, as in many containers, an ended process keeps its number. */
function isZombie(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
