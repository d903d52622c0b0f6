import { spawn } from "node:child_process";
import readline from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { deadline } from "../../../deadline.js";

/** As GitHub cancels: SIGINT to the program itself, then SIGTERM, then SIGKILL to all of them (milliseconds). */
const UNTIL_TERM = 7_500;
const UNTIL_KILL = 2_500;
/** How long somebody who is patient waits for an end in order before it goes on as above. */
const PATIENCE = 15 * 60_000;
/** How long output may still come when the program has ended but something it started holds its streams. */
const LAST_OUTPUT = 200;

export type ShellRun = {
  /** Program and arguments, the script's file among them. */
  words: string[];
  cwd: string;
  /** The whole environment. */
  variables: Record<string, string>;
  onLine: (line: string) => void;
  signal: AbortSignal;
  /** Milliseconds; Infinity for none. */
  limit: number;
  /** On a cancellation SIGINT goes to all of them, as from a terminal, and they end in their own time. */
  patient?: boolean;
};

export type ShellEnd = {
  exit: number;
  ended: "by itself" | "cancelled" | "timed out";
  /** Group of processes that it left behind, or null. */
  leftBehind: number | null;
};

/**
 * The words that GitHub starts a script with. Without `shell:` a failing pipe goes unseen; with `shell: bash` it does not.
 * @throws Error with the runner's own text
 */
export function shellWords(shell: string | null, script: string): string[] {
  const known: Record<string, string> = {
    "": "bash -e {0}",
    bash: "bash --noprofile --norc -eo pipefail {0}",
    sh: "sh -e {0}",
    python: "python3 {0}",
  };
  const template = known[shell ?? ""] ?? shell ?? "";
  if (template.includes("{0}")) return template.split(" ").map((word) => word.replace("{0}", script));
  throw new Error(
    `Invalid shell option '${shell}'. Shell must be a valid built-in (bash, sh, python) or a format string containing '{0}'`,
  );
}

/** Runs a program to its end, in a group of processes of its own. */
export async function runShell({ words, cwd, variables, onLine, signal, limit, patient }: ShellRun): Promise<ShellEnd> {
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, { cwd, env: variables, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const outputs = [child.stdout, child.stderr].map((input) => readline.createInterface({ input }));
  for (const output of outputs) output.on("line", (line: string) => onLine(line));
  const drained = Promise.all(outputs.map((output) => new Promise((resolve) => output.once("close", resolve))));
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, name) => resolve(code ?? (name === null ? 1 : 128)));
  });

  const stopped = limit === Number.POSITIVE_INFINITY ? signal : deadline(Math.max(1, Math.ceil(limit)), signal);
  const over = new AbortController();
  const stop = () => void cancel(child.pid, over.signal, patient === true && signal.aborted);
  if (stopped.aborted) stop();
  else stopped.addEventListener("abort", stop, { once: true });
  try {
    const exit = await exited;
    await Promise.race([drained, sleep(LAST_OUTPUT, undefined, { ref: false })]);
    const ended = signal.aborted ? "cancelled" : stopped.aborted ? "timed out" : "by itself";
    return { exit, ended, leftBehind: isAlive(child.pid) ? (child.pid ?? null) : null };
  } finally {
    over.abort();
    stopped.removeEventListener("abort", stop);
    for (const output of outputs) output.close();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Ends every process of a group. */
export function endGroup(group: number): void {
  signalTo(-group, "SIGKILL");
}

async function cancel(pid: number | undefined, over: AbortSignal, patient: boolean): Promise<void> {
  if (pid === undefined) return;
  if (patient) {
    signalTo(-pid, "SIGINT");
    if (!(await waited(PATIENCE, over))) return;
  }
  signalTo(pid, "SIGINT");
  if (!(await waited(UNTIL_TERM, over))) return;
  signalTo(pid, "SIGTERM");
  if (await waited(UNTIL_KILL, over)) signalTo(-pid, "SIGKILL");
}

/** False when the program ended while waiting. */
async function waited(milliseconds: number, over: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, true, { signal: over }).catch(() => false);
}

function isAlive(group: number | undefined): boolean {
  return group !== undefined && signalTo(-group, 0);
}

/** False when nobody is there to hear it. */
function signalTo(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
