import fs from "node:fs";

/** An address that a process listens on. */
export type Listener = { address: string; port: number };

const LISTEN = "0A";
const LOOPBACK = "0100007F";

/** TCP sockets that a process listens on, as Linux tells it. */
export function listenersOf(pid: number): Listener[] {
  const own = new Set(
    fs
      .readdirSync(`/proc/${pid}/fd`)
      .map((name) => fs.readlinkSync(`/proc/${pid}/fd/${name}`))
      .map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1])
      .filter((inode) => inode !== undefined),
  );
  return ["tcp", "tcp6"]
    .flatMap((table) => fs.readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = ""]) => state === LISTEN && own.has(inode))
    .map(([, local = ""]) => {
      const [address = "", port = ""] = local.split(":");
      return { address: address === LOOPBACK ? "127.0.0.1" : address, port: Number.parseInt(port, 16) };
    });
}
