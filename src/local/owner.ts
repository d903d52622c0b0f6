import fs from "node:fs";
import { isAlive } from "./address.js";

/**
 * Makes this process the only one that works on a folder.
 * @param file names the owner's process; what a killed owner left behind is taken over
 * @returns the way to give it up, or null when another live process owns it
 */
export function claim(file: string): (() => void) | null {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      fs.writeFileSync(file, ownName(), { flag: "wx", mode: 0o600 });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readOwner(file);
    if (owner !== null && isAlive(owner.pid) && startOf(owner.pid) === owner.start) return null;
    fs.rmSync(file, { force: true });
  }
  return null;
}

function ownName(): string {
  return `${process.pid} ${startOf(process.pid)}`;
}

function readOwner(file: string): { pid: number; start: string } | null {
  if (!fs.existsSync(file)) return null;
  const [pid = "", start = ""] = fs.readFileSync(file, "utf8").split(" ");
  return { pid: Number(pid), start };
}

/**
 * When a process began, in ticks since boot; tells it from another that got its number later. Where /proc is missing
 * every process answers the same, so that only the number counts.
 */
export function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
