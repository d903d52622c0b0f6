import { spawnSync } from "node:child_process";
import { inject } from "vitest";
import { type Started, start } from "./started.js";

/** What a person types to interrupt. */
export const CTRL_C = "\u0003";

/** Runs the installed CLI on a pseudo-terminal of its own; what is typed goes through the terminal, Ctrl-C included. */
export function paasOnTerminal(words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  return onTerminal(`exec ${quoted([inject("installedCli").paas, ...words])}`, cwd, variables);
}

/** Runs a command on a pseudo-terminal below a shell that outlives it, as a person's does, until a line is typed. */
export function startInShell(words: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Started {
  return onTerminal(`trap : INT; ${quoted(words)}; read line`, cwd, variables);
}

/** Without a size the terminal would be none wide. */
function onTerminal(line: string, cwd: string, variables: NodeJS.ProcessEnv): Started {
  requireScript();
  return start("script", ["-qefc", `stty columns 120 rows 40; ${line}`, "/dev/null"], cwd, {
    TERM: "xterm",
    ...variables,
  });
}

/** `script` runs one line of shell. */
function quoted(words: string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

function requireScript(): void {
  const { status } = spawnSync("script", ["--version"], { stdio: "ignore" });
  if (status !== 0) throw new Error("these tests need util-linux' `script`, which gives a command a terminal");
}
