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
  const groups = new Set([...running, ...groupsWithHome(homes)]);
  await endGroups(groups);
  for (const { pid } of recorded) forgetProcess(records, pid);
  return groups.size;
}

/**
 * Ends (on Linux) what an app has started and led out of its process group.
 * @param home HOME of the app, or a folder above it
 */
export async function endStrays(home: string): Promise<void> {
  await endGroups(new Set(groupsWithHome(home)));
}

async function endGroups(groups: Set<number>): Promise<void> {
  for (const group of groups) signalGroup(group, "SIGKILL");
  const end = Date.now() + LIMIT;
  for (const group of groups) while (isRunning(group) && Date.now() < end) await sleep(20);
}

/** A process is noted just after it has started: one whose daemon was killed in between is known by its environment. */
function groupsWithHome(home: string): number[] {
  const below = `HOME=${path.join(home, path.sep)}`;
  return processIds()
    .filter((pid) => variablesOf(pid).some((entry) => `${entry}${path.sep}`.startsWith(below)))
    .map((pid) => statOf(pid)?.group ?? 0)
    .filter((group) => group > 1);
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
