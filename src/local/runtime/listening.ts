import fs from "node:fs";
import { listProc, membersOf, readProc } from "./proc.js";

/** A TCP socket that waits for connections. */
export type Listener = { port: number; reach: "every address" | "IPv4 loopback" | "IPv6 loopback" | "another address" };

/** What the processes of a group listen on; empty where the system does not say (no `/proc`). */
export function listenersOf(group: number): Listener[] {
  const members = membersOf(group);
  const sockets = new Set(members.flatMap(socketsOf));
  const first = members[0];
  if (first === undefined) return [];
  const lines = ["tcp", "tcp6"].flatMap((name) => (readProc(`${first}/net/${name}`) ?? "").split("\n").slice(1));
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const listens = state === "0A";
    if (!listens || !sockets.has(inode)) return [];
    const [address = "", port = ""] = local.split(":");
    return [{ port: Number.parseInt(port, 16), reach: reachOf(address) }];
  });
}

function socketsOf(pid: number): string[] {
  return listProc(`${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

/** The kernel writes addresses as hexadecimal words in the machine's byte order. */
function reachOf(address: string): Listener["reach"] {
  if (/^0+$/.test(address)) return "every address";
  if (/7F$/.test(address) && address.length === 8) return "IPv4 loopback";
  return address === "00000000000000000000000001000000" ? "IPv6 loopback" : "another address";
}
