import { spawn } from "node:child_process";
import os from "node:os";
import { PaasError } from "../errors.js";
import { signalGroup } from "../signal-group.js";
import type { Surroundings } from "./runtime/surroundings.js";

/**
 * Runs a command in the folder and with the environment of an app, on the terminal or the pipes of this process.
 * @returns its exit code; 128 and the number of the signal that ended it
 * @throws PaasError `command-not-found`
 */
export function runBeside({ folder, variables }: Surroundings, words: string[], signal: AbortSignal): Promise<number> {
  const [program = "", ...rest] = words;
  const terminal = process.stdin.isTTY === true;
  const child = spawn(program, rest, {
    cwd: folder,
    env: terminal ? { TERM: process.env.TERM ?? "dumb", ...variables } : variables,
    stdio: "inherit",
    // On a terminal it hears Ctrl-C itself; elsewhere it gets exactly one signal, from here.
    detached: !terminal,
  });
  const end = () => {
    const told = signal.reason === "SIGINT" ? "SIGINT" : "SIGTERM";
    if (!terminal && child.pid !== undefined) signalGroup(child.pid, told);
    else if (told === "SIGTERM") child.kill(told);
  };
  signal.addEventListener("abort", end, { once: true });
  return new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(notStarted(program, error)));
    child.once("exit", (code, ended) => resolve(code ?? 128 + (ended ? os.constants.signals[ended] : 0)));
  }).finally(() => signal.removeEventListener("abort", end));
}

function notStarted(program: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code !== "ENOENT" && cause.code !== "EACCES") return cause;
  return new PaasError("command-not-found", `there is no program "${program}" that the app could start`, {
    details: ["looked for in the app's own PATH, beginning in its folder"],
    next: "without a command a shell is opened, `sh`",
    cause,
  });
}
