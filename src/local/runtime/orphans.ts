import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../../signal-group.js";
import { membersOf, processIds, statOf, variablesOf } from "./proc.js";
import { forgetProcess, recordedProcesses } from "./process-records.js";

/** Milliseconds that killed processes may take to be gone. */
const LIMIT = 5000;

/**
 * Ends every process group that an earlier daemon left running, at once and for good.
 * @param homes folder that the HOME of each of our processes lies in; finds (on Linux) those that were never noted
 * @returns how many groups were ended
 */
export async function endOrphans(records: string, homes: string): Promise<number> {
  const recorded = recordedProcesses(records);
  const running = recorded.filter(({ runs }) => runs).map(({ pid }) => pid);
  const found = runningWithHome(homes);
  const groups = new Set([...running, ...found.groups]);
  await end({ groups: [...groups], processes: found.processes });
  for (const { pid } of recorded) forgetProcess(records, pid);
  return groups.size;
}

/**
 * Ends (on Linux) what an app has started and led out of its process group, and commands that were run beside it.
 * @param home HOME of the app, or a folder above it
 */
export async function endStrays(home: string): Promise<void> {
  await end(runningWithHome(home));
}

type Running = { groups: number[]; processes: number[] };

async function end({ groups, processes }: Running): Promise<void> {
  for (const group of groups) signalGroup(group, "SIGKILL");
  for (const pid of processes) kill(pid);
  const limit = Date.now() + LIMIT;
  for (const group of groups) while (isRunning(group) && Date.now() < limit) await sleep(20);
  for (const pid of processes) while (isAlive(pid) && Date.now() < limit) await sleep(20);
}

/**
 * A process is noted just after it has started: one whose daemon was killed in between is known by its environment. A
 * command that its owner runs beside an app on a terminal is in a group of the owner's, which is none of ours to end.
 */
function runningWithHome(home: string): Running {
  const below = `HOME=${path.join(home, path.sep)}`;
  const isOurs = (pid: number) => variablesOf(pid).some((entry) => `${entry}${path.sep}`.startsWith(below));
  const running: Running = { groups: [], processes: [] };
  for (const pid of processIds().filter(isOurs)) {
    const group = statOf(pid)?.group ?? 0;
    const leader = statOf(group);
    if (group > 1 && (leader === null || leader.zombie || isOurs(group))) running.groups.push(group);
    else if (group > 0) running.processes.push(pid);
  }
  return running;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isAlive(pid: number): boolean {
  return statOf(pid)?.zombie === false;
}

function isRunning(group: number): boolean {
  if (process.platform === "linux") return membersOf(group).length > 0;
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
