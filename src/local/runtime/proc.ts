import fs from "node:fs";

/* What Linux says of processes under /proc; elsewhere there is nothing to read, and the answers are empty. */

export type ProcessStat = { zombie: boolean; group: number; started: string };

/** State of a process; null when it does not run, or where there is no `/proc`. */
export function statOf(pid: number): ProcessStat | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The program's name, in parentheses, may itself contain spaces and parentheses.
  const [state = "", , group = "", ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { zombie: state === "Z" || state === "X", group: Number(group), started: rest[16] ?? "" };
}

/** The living processes of a group. */
export function membersOf(group: number): number[] {
  return processIds().filter((pid) => {
    const stat = statOf(pid);
    return stat !== null && stat.group === group && !stat.zombie;
  });
}

/** The environment a process was started with, as `NAME=value`; empty for processes of others. */
export function variablesOf(pid: number): string[] {
  return (readProc(`${pid}/environ`) ?? "").split("\0");
}

export function processIds(): number[] {
  return listProc("")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Text of a file under /proc, or null when it cannot be read. */
export function readProc(file: string): string | null {
  try {
    return fs.readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return null;
  }
}

/** Names in a folder under /proc; empty when it cannot be read. */
export function listProc(folder: string): string[] {
  try {
    return fs.readdirSync(`/proc/${folder}`);
  } catch {
    return [];
  }
}
