import fs from "node:fs";
import { isAlive } from "./address.js";

/** That this process is the one that works on a folder. */
export type Claim = {
  /** False when the file was removed, or names another process by now. */
  holds(): boolean;
  /** Gives it up; what is another's stays. */
  release(): void;
};

/**
 * Makes this process the only one that works on a folder.
 * @param file names the owner's process; what a killed owner left behind is taken over
 * @returns null when another live process owns it
 */
export function claim(file: string): Claim | null {
  const holds = () => fs.existsSync(file) && fs.readFileSync(file, "utf8") === ownName();
  const release = () => {
    if (holds()) fs.rmSync(file, { force: true });
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (writeNew(file, ownName())) return { holds, release };
    const owner = readOwner(file);
    if (owner !== null && isAlive(owner.pid) && startOf(owner.pid) === owner.start) return null;
    fs.rmSync(file, { force: true });
  }
  return null;
}

/** Makes a file with its text in one step; false when there is one. */
function writeNew(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}.next`;
  fs.writeFileSync(draft, text, { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    fs.rmSync(draft, { force: true });
  }
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
