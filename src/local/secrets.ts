import fs from "node:fs";
import path from "node:path";
import { writePrivate } from "./folder.js";

/**
 * The simulated vaults: one file of `NAME="value"` lines per environment, readable by its owner only, which may also be
 * edited by hand. Values leave it only for the process of the app that refers to them.
 */
export class Secrets {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  names(envId: string): string[] {
    return Object.keys(this.#read(envId)).sort();
  }

  value(envId: string, name: string): string | undefined {
    return this.#read(envId)[name];
  }

  set(envId: string, name: string, value: string): void {
    const values = { ...this.#read(envId), [name]: value };
    const lines = Object.entries(values).map(([key, text]) => `${key}=${JSON.stringify(text)}\n`);
    writePrivate(this.#file(envId), lines.join(""));
  }

  forget(envId: string): void {
    fs.rmSync(this.#file(envId), { force: true });
  }

  #read(envId: string): Record<string, string> {
    const file = this.#file(envId);
    if (!fs.existsSync(file)) return {};
    const entries = fs
      .readFileSync(file, "utf8")
      .split("\n")
      .map((line) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()))
      .filter((match) => match !== null)
      .map(([, name = "", text = ""]) => [name, unquoted(text)] as const);
    return Object.fromEntries(entries);
  }

  /** An environment id has no separator in it, but this path is worth a check of its own. */
  #file(envId: string): string {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(envId)) throw new Error(`not an environment id: ${envId}`);
    return path.join(this.#folder, `${envId}.env`);
  }
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
