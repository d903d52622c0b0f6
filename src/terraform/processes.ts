import fs from "node:fs";
import path from "node:path";

/**
 * Processes of this machine that work in a folder or below it.
 * @param ending the folder's last parts, `.paas/work/local/alice`: the same environment in any checkout
 * @returns their ids; null where the system does not tell (no /proc)
 */
export function processesIn(ending: string): number[] | null {
  if (!fs.existsSync("/proc/self/cwd")) return null;
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => worksIn(pid, ending)).map(Number);
}

function worksIn(pid: string, ending: string): boolean {
  try {
    const folder = fs.readlinkSync(`/proc/${pid}/cwd`);
    return `${folder}/`.includes(`${path.sep}${ending}/`);
  } catch {
    // Ended meanwhile, or another user's.
    return false;
  }
}
