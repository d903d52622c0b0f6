import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE = 5_000;

/**
 * Processes of a test run that outlive it, each as `pid command line`; they are ended too.
 * @param folder temporary folder of the run: it is in the environment, command line or working folder of all it started
 * @param patience milliseconds that what is still ending gets
 */
export async function leftovers(folder: string, patience = PATIENCE): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const end = Date.now() + patience;
  let left = processesNaming(folder);
  while (left.length > 0 && Date.now() < end) {
    await sleep(100);
    left = processesNaming(folder);
  }
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

function processesNaming(folder: string): { pid: number; command: string }[] {
  const own = new Set([process.pid, ...workers()]);
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && !own.has(Number(name)))
    .filter((pid) => traces(pid).some((text) => text.includes(folder)))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }));
}

function traces(pid: string): string[] {
  return [read(`/proc/${pid}/environ`), read(`/proc/${pid}/cmdline`), link(`/proc/${pid}/cwd`)];
}

/** The test runner's own children are no leftovers: they end with it. */
function workers(): number[] {
  const children = read(`/proc/self/task/${process.pid}/children`);
  return children.split(" ").filter(Boolean).map(Number);
}

/** Empty for a process that has ended, and for one of somebody else. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function link(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return "";
  }
}
