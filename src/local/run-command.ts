import { fileURLToPath } from "node:url";
import type { LocalFolder } from "./folder.js";
import type { RunCommand, RunRequest } from "./runs.js";

/**
 * The command line that a push means: the rehearsal of the pushed commit's workflow, which calls `paas` as GitHub would.
 * A branch name is a word of its own after `--`, never part of a shell line.
 */
export function runCommand({ kind, branch, before, commit }: RunRequest, places: LocalFolder): RunCommand {
  const cli = fileURLToPath(new URL("./main.js", import.meta.url));
  const common = [cli, "-C", places.root, "--cloud", "local", "--no-prompt"];
  const push = ["pushed", "--from", places.remote, "--commit", commit, "--before", before, "--", kind, branch];
  return { words: [...common, ...push], cwd: places.root, variables: variables(places) };
}

/** Whatever runs here belongs to this local cloud, and must not start another one. */
function variables({ root }: LocalFolder): NodeJS.ProcessEnv {
  const { PAAS_ENV: _, PAAS_CLOUD: __, FORCE_COLOR: ___, ...others } = process.env;
  return { ...others, NO_COLOR: "1", PAAS_LOCAL_ROOT: root };
}
