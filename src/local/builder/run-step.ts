import readline from "node:readline";
import { deadline } from "../../deadline.js";
import { PaasError } from "../../errors.js";
import { describeExit } from "../runtime/describe-exit.js";
import { startGroup } from "../runtime/process-group.js";

/** Milliseconds between SIGTERM and SIGKILL for a program that is no longer wanted. */
const PATIENCE = 5000;
const LAST_LINES = 20;

export type Step = {
  words: string[];
  cwd: string;
  variables: Record<string, string>;
  /** Folder of process records. */
  records: string;
  onLine: (line: string) => void;
  signal: AbortSignal;
  /** Milliseconds. */
  limit: number;
};

/**
 * Runs a program to its end and relays its output.
 * @throws PaasError `aborted`, or what `failure` makes of a bad end and the last lines of output
 */
export async function runStep(step: Step, failure: (why: string, lines: string[]) => PaasError): Promise<void> {
  const lines: string[] = [];
  const tell = (line: string) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    step.onLine(line);
  };
  if (step.signal.aborted) throw aborted(step);
  const group = startGroup(step.words, {
    cwd: step.cwd,
    env: step.variables,
    stdio: ["ignore", "pipe", "pipe"],
    records: step.records,
  });
  for (const output of [group.child.stdout, group.child.stderr]) {
    if (output) readline.createInterface({ input: output }).on("line", tell);
  }

  const stopped = deadline(step.limit, step.signal);
  const stop = () => void group.stop(PATIENCE);
  stopped.addEventListener("abort", stop);
  const exit = await group.exited;
  stopped.removeEventListener("abort", stop);

  if (step.signal.aborted) throw aborted(step);
  if (stopped.aborted) throw failure(`\`${step.words.join(" ")}\` did not end within ${step.limit / 1000} s`, lines);
  if (exit.code !== 0) throw failure(`\`${step.words.join(" ")}\` ${describeExit(exit)}`, lines);
}

function aborted({ words }: Step): PaasError {
  return new PaasError("aborted", `stopped \`${words.join(" ")}\``);
}
