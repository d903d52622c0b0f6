import { type ChildProcess, spawn } from "node:child_process";
import { inject } from "vitest";
import type { Outcome } from "../../helpers/paas.js";
import { GIT_VARIABLES } from "../../helpers/repository.js";

/** A command that runs beside the test. */
export type Started = {
  pid: number;
  /** Waits until its output matches; fails when it ends before. */
  says(pattern: RegExp): Promise<void>;
  ended: Promise<Outcome & { signal: NodeJS.Signals | null }>;
  type(text: string): void;
  signal(name: NodeJS.Signals): void;
};

/** Starts the installed CLI, without a terminal. */
export function startPaas(words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  return start(inject("installedCli").paas, words, cwd, variables);
}

export function start(command: string, words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  const env = { ...process.env, ...GIT_VARIABLES, ...variables };
  return watch(spawn(command, words, { cwd, env, stdio: "pipe" }));
}

function watch(child: ChildProcess): Started {
  const text = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
      for (const look of waiting) look();
    });
  }
  child.stdin?.on("error", () => {}); // it may end before it has read everything
  const ended = new Promise<Outcome & { signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit, signal) => resolve({ exit, signal, ...text }));
  });
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(text.stdout + text.stderr)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      const silent = () => reject(new Error(`it ended without ${pattern}:\n${text.stdout}${text.stderr}`));
      ended.then(silent, reject);
    });
  return {
    pid: child.pid ?? 0,
    says,
    ended,
    type: (words) => void child.stdin?.write(words),
    signal: (name) => void child.kill(name),
  };
}

/** `git push local <branch>`, beside the test. */
export function startPush(branch: string, cwd: string): Started {
  return start("git", ["push", "local", branch], cwd);
}
