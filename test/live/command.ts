import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";

export type Ended = { exit: number | null; stdout: string; stderr: string };

export type CommandRequest = {
  words: string[];
  cwd: string;
  variables: NodeJS.ProcessEnv;
  /** Text on standard input; without it there is none. */
  input?: string;
  /** Ends the command: it is asked to, and made to after `PATIENCE`. */
  signal: AbortSignal;
  /** File that everything it prints is added to. */
  log: string;
  /** Told the process id as soon as it is known. */
  onStart?(pid: number): void;
};

/** Milliseconds that a command gets to save its state once it is asked to end; Terraform may wait for Azure meanwhile. */
const PATIENCE = 5 * 60_000;

/** Runs a program to its end, in a process group of its own: a terminal's Ctrl-C reaches this process alone. */
export async function runCommand(program: string, request: CommandRequest): Promise<Ended> {
  const { words, cwd, variables: env, input = "", signal, log, onStart } = request;
  signal.throwIfAborted();
  fs.appendFileSync(log, `\n$ ${[program, ...words].join(" ")}\n`);
  const child = spawn(program, words, { cwd, env, stdio: "pipe", detached: true });
  if (child.pid !== undefined) onStart?.(child.pid);
  child.stdin.on("error", () => {}).end(input);
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
      fs.appendFileSync(log, chunk);
    });
  }
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    killing = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const [exit] = (await once(child, "close")) as [number | null];
    return { exit, ...text };
  } finally {
    clearTimeout(killing);
    signal.removeEventListener("abort", stop);
  }
}
