import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** Where `paas login` keeps what it got; nobody else may read it. */
export type LoginFiles = {
  /** Who signed in: ids and a name, no secret. */
  account: string;
  /** Tokens, refresh token included. */
  tokens: string;
};

/** In the user's configuration folder: PAAS_CONFIG_DIR, else XDG_CONFIG_HOME, APPDATA or `~/.config`. */
export function loginFiles(variables: NodeJS.ProcessEnv): LoginFiles {
  const home = variables.XDG_CONFIG_HOME || variables.APPDATA || path.join(variables.HOME || os.homedir(), ".config");
  const folder = variables.PAAS_CONFIG_DIR || path.join(home, "paas");
  return { account: path.join(folder, "login.json"), tokens: path.join(folder, "tokens.json") };
}

export async function readPrivate(file: string): Promise<string | null> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Writes a file that is 0600 from its first byte on and never half written. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.next`;
  await fs.writeFile(next, text, { mode: 0o600 });
  await fs.rename(next, file);
}

/** Removes everything; false when there was nothing. */
export async function forget(files: LoginFiles): Promise<boolean> {
  const there = (await readPrivate(files.account)) !== null || (await readPrivate(files.tokens)) !== null;
  for (const file of [files.account, files.tokens]) await fs.rm(file, { force: true });
  return there;
}
