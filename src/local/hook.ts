/**
 * The `update` hook of the git remote `local`: a client that asks the daemon to run what the push means and relays its
 * lines. The run belongs to the daemon: Ctrl-C ends this client, not the run.
 */
import fs from "node:fs";
import { PaasError } from "../errors.js";
import type { RunRequest, RunResult } from "./runs.js";
import { ensureDaemon } from "./start.js";

const ZERO = /^0+$/;
const BRANCH = "refs/heads/";

async function main([root, reference, before, pushed]: string[]): Promise<number> {
  if (!root || !reference || !before || !pushed) throw new PaasError("usage", "this is a git hook; git calls it");
  for (const name of Object.keys(process.env)) if (name.startsWith("GIT_")) delete process.env[name];
  if (!reference.startsWith(BRANCH)) {
    say(`${reference} is not a branch: stored, nothing deployed`);
    return 0;
  }
  const branch = reference.slice(BRANCH.length);
  const request: RunRequest = ZERO.test(pushed)
    ? { kind: "destroy", branch, before, commit: before }
    : { kind: "up", branch, before, commit: pushed };
  process.on("SIGINT", () => {
    tellTerminal(`detached: the run of ${branch} goes on in the local cloud; push again to see how it ends`);
    process.exit(130);
  });
  const daemon = await ensureDaemon(root, { variables: process.env, note: say });
  const result = await daemon.follow<RunResult>("/paas/runs", say, { body: request });
  return result.exit;
}

/** Git shows what a hook writes as `remote: …`. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The same Ctrl-C ends git, which would have relayed the line. */
function tellTerminal(line: string): void {
  try {
    fs.writeFileSync("/dev/tty", `\n${line}\n`);
  } catch {
    say(line);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof PaasError ? error : new PaasError("bug", String(error));
  say(`error: ${known.message}  [${known.code}]`);
  for (const line of known.details) say(`  ${line}`);
  if (known.next) say(`  next: ${known.next}`);
  process.exitCode = 1;
}
