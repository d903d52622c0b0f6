import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { readProc, statOf } from "./proc.js";

/*
 * Which process groups are ours, on disk: a daemon that is killed cannot end its apps, the next one does. A process id
 * says nothing by itself (another program may have it by then), so the start time is noted with it.
 */

/** Folder of process records in the folder of the runtime; builds note theirs there too. */
export function recordsIn(folder: string): string {
  return path.join(folder, "processes");
}

/** Notes a process group by the id of its first process. */
export function recordProcess(records: string, pid: number): void {
  const started = startOf(pid);
  if (started === null) return;
  fs.mkdirSync(records, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(records, String(pid)), started, { mode: 0o600 });
}

export function forgetProcess(records: string, pid: number): void {
  fs.rmSync(path.join(records, String(pid)), { force: true });
}

/** Every noted process, and whether it is still the one that was noted. */
export function recordedProcesses(records: string): { pid: number; runs: boolean }[] {
  if (!fs.existsSync(records)) return [];
  return fs.readdirSync(records).map((name) => {
    const started = fs.readFileSync(path.join(records, name), "utf8");
    return { pid: Number(name), runs: startOf(Number(name)) === started };
  });
}

/** When a process began, as text that no other process of the same id has; null when it does not run. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    const stat = statOf(pid);
    return stat && !stat.zombie ? `${readProc("sys/kernel/random/boot_id")?.trim()} ${stat.started}` : null;
  }
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}
