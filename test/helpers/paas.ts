import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import { GIT_VARIABLES } from "./repository.js";

export type Outcome = { exit: number | null; stdout: string; stderr: string };

export type Call = {
  /** Working folder. */
  cwd: string;
  /** On top of the tests' environment; undefined takes a variable away. */
  variables?: NodeJS.ProcessEnv;
  /** Text on standard input; without it there is none. */
  input?: string;
};

/** Runs the packed and installed CLI to its end. Only for the tests that `vitest.config.ts` counts as `PACKED`. */
export function paas(words: string[], call: Call): Promise<Outcome> {
  return run(inject("installedCli").paas, words, call);
}

/** Runs a command to its end, without a terminal. */
export async function run(command: string, words: string[], { cwd, variables, input = "" }: Call): Promise<Outcome> {
  const env = { ...process.env, ...GIT_VARIABLES, ...variables };
  const child = spawn(command, words, { cwd, env, stdio: "pipe" });
  // A command may end before it has read its input.
  child.stdin.on("error", () => {}).end(input);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exit] = (await closed) as [number | null];
  return { exit, stdout, stderr };
}
