import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup } from "../../signal-group.js";
import { forgetProcess, recordProcess } from "./process-records.js";

/** Milliseconds that the output of a program may still be read after its end. */
const OUTPUT_LIMIT = 1000;

export type Exit = { code: number | null; signal: NodeJS.Signals | null; error: NodeJS.ErrnoException | null };

/** A program and everything it starts: one process group, ended as one. */
export type ProcessGroup = {
  child: ChildProcess;
  /** null when the program could not be started. */
  pid: number | null;
  /** Settles once the first process has ended and its output is read; whatever it left running is killed then. */
  exited: Promise<Exit>;
  /** SIGTERM, after `patience` ms SIGKILL; settles when the program has ended. */
  stop(patience: number): Promise<void>;
};

/**
 * Starts a program in a process group of its own and notes it in `records`, so that a later daemon finds it if this
 * one is killed.
 */
export function startGroup(words: string[], options: SpawnOptions & { records: string }): ProcessGroup {
  const [program = "", ...rest] = words;
  const { records, ...spawnOptions } = options;
  const child = spawn(program, rest, { ...spawnOptions, detached: true });
  const pid = child.pid ?? null;
  if (pid !== null) recordProcess(records, pid);

  const exited = new Promise<Exit>((resolve) => {
    const end = (exit: Exit) => {
      if (pid !== null) {
        signalGroup(pid, "SIGKILL");
        forgetProcess(records, pid);
      }
      resolve(exit);
    };
    child.once("error", (error) => pid === null && end({ code: null, signal: null, error }));
    // A grandchild may hold the output open: the group is killed on exit, and one that has left it is not waited for.
    child.once("exit", () => {
      if (pid !== null) signalGroup(pid, "SIGKILL");
      const late = setTimeout(() => [child.stdout, child.stderr].map((output) => output?.destroy()), OUTPUT_LIMIT);
      child.once("close", () => clearTimeout(late));
    });
    child.once("close", (code, signal) => end({ code, signal, error: null }));
  });

  const stop = async (patience: number) => {
    if (pid === null) return;
    const ended = new AbortController();
    void exited.then(() => ended.abort());
    signalGroup(pid, "SIGTERM");
    await sleep(patience, undefined, { signal: ended.signal }).catch(() => {});
    if (!ended.signal.aborted) signalGroup(pid, "SIGKILL");
    await exited;
  };
  return { child, pid, exited, stop };
}
