import fs from "node:fs";

export type Process = { pid: number; command: string[] };

/** Processes of this machine that work in a folder or below it. */
export function processesIn(folder: string): Process[] {
  return allProcesses().filter(({ pid }) =>
    `${read(() => fs.readlinkSync(`/proc/${pid}/cwd`))}/`.startsWith(`${folder}/`),
  );
}

export function allProcesses(): Process[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(Number(name)) }))
    .filter(({ command }) => command.length > 0);
}

/** The environment that a process was started with. */
export function environmentOf(pid: number): string[] {
  return split(read(() => fs.readFileSync(`/proc/${pid}/environ`, "utf8")));
}

function commandOf(pid: number): string[] {
  return split(read(() => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")));
}

function split(text: string): string[] {
  return text.split("\0").filter(Boolean);
}

/** Empty for a process that has ended meanwhile. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}
