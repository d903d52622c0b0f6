import { fileURLToPath } from "node:url";
import type { LocalFolder } from "./folder.js";
import type { RunCommand, RunRequest } from "./runs.js";

/**
 * The command line that a push means. It is the same `paas` that a person would call, so that a push and a command do
 * the same thing; a branch name is a word of its own after `--`, never part of a shell line.
 */
export function runCommand({ kind, branch, commit }: RunRequest, places: LocalFolder): RunCommand {
  const cli = fileURLToPath(new URL("./main.js", import.meta.url));
  const common = [cli, "-C", places.root, "--cloud", "local", "--no-prompt"];
  const words = kind === "up" ? ["up", ...PATIENT] : ["destroy", ...PATIENT, "--yes"];
  const push = ["--push", "--from", places.remote, "--commit", commit, "--", branch];
  return { words: [...common, ...words, ...push], cwd: places.root, variables: variables() };
}

/** Pushes queue: also behind a run that somebody started by hand, and behind the lock of one that was killed. */
const PATIENT = ["--lock-timeout", "10m"];

function variables(): NodeJS.ProcessEnv {
  const { PAAS_ENV: _, PAAS_CLOUD: __, FORCE_COLOR: ___, ...others } = process.env;
  return { ...others, NO_COLOR: "1" };
}
