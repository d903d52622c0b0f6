import { createHmac, randomBytes } from "node:crypto";
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

  /** Tells each value by a keyed hash: whoever does not have this folder learns nothing of the value from it. */
  versions(envId: string): Record<string, string> {
    const version = (value: string) => createHmac("sha256", this.#key()).update(value).digest("hex").slice(0, 16);
    return Object.fromEntries(Object.entries(this.#read(envId)).map(([name, value]) => [name, version(value)]));
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

  #key(): string {
    const file = path.join(this.#folder, KEY);
    if (!fs.existsSync(file)) writePrivate(file, randomBytes(32).toString("hex"));
    return fs.readFileSync(file, "utf8");
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

/** No environment's file: their names begin with a letter. */
const KEY = ".key";

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
