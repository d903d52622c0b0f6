import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { localFolder, makeLocalFolder } from "./folder.js";

/**
 * Makes or refreshes the bare repository behind the git remote `local`. Its `update` hook hands each pushed branch to
 * the daemon and refuses the branch when the run fails, so that the same push can simply be repeated.
 *
 * `update` rather than `pre-receive`: it runs per branch, after the pushed objects left quarantine, so that one failing
 * branch does not take the others along and the daemon can read the commit (docs/decisions/0001).
 * @returns path of the bare repository
 */
export async function createRemote(root: string): Promise<string> {
  const { remote } = makeLocalFolder(root);
  if (!fs.existsSync(path.join(remote, "HEAD"))) await git(["init", "--quiet", "--bare", "--template=", remote], root);
  const hooks = path.join(remote, "hooks");
  fs.mkdirSync(hooks, { recursive: true });
  // Written only when it changes: several commands may be here at once, and git locks its configuration.
  if (!textOf(path.join(remote, "config")).includes(hooks)) {
    // Said here because a hooks path in the user's own configuration would otherwise win.
    await git(["--git-dir", remote, "config", "core.hooksPath", hooks], root);
  }
  const update = path.join(hooks, "update");
  if (textOf(update) !== hookScript(root)) fs.writeFileSync(update, hookScript(root), { mode: 0o755 });
  return remote;
}

/** Removes a branch from the bare repository as if it had never been pushed; one that is not there is no error. */
export async function forgetBranch(root: string, branch: string): Promise<void> {
  await git(["--git-dir", localFolder(root).remote, "update-ref", "-d", `refs/heads/${branch}`], root);
}

function textOf(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

/** Absolute paths throughout: git runs hooks in another folder and with another PATH than the user's. */
function hookScript(root: string): string {
  const client = fileURLToPath(new URL("./hook.js", import.meta.url));
  const words = [process.execPath, client, root].map(shellQuote).join(" ");
  return `#!/bin/sh\n# Written by paas; rewritten at every start of the local cloud.\nexec ${words} "$@"\n`;
}

function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function git(words: string[], cwd: string): Promise<void> {
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  await promisify(execFile)("git", words, { cwd, env: Object.fromEntries(variables), timeout: 30_000 });
}
