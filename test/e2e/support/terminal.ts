import { spawnSync } from "node:child_process";
import { inject } from "vitest";
import { type Started, start } from "./started.js";

/** What a person types to interrupt. */
export const CTRL_C = "\u0003";

/** Runs a command on a pseudo-terminal of its own; what is typed goes through the terminal, Ctrl-C included. */
export function startOnTerminal(words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  requireScript();
  return start("script", ["-qefc", words.map(quote).join(" "), "/dev/null"], cwd, { TERM: "xterm", ...variables });
}

export function paasOnTerminal(words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  return startOnTerminal([inject("installedCli").paas, ...words], cwd, variables);
}

/** `script` runs one line of shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function requireScript(): void {
  const { status } = spawnSync("script", ["--version"], { stdio: "ignore" });
  if (status !== 0) throw new Error("these tests need util-linux' `script`, which gives a command a terminal");
}
