import { createHmac, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { writePrivate } from "./folder.js";

/** Whose vault it is: an environment's, by its id, or `tier.nonprod`, which no environment can be called. */
export type VaultName = string;

export function tierVault(tier: string): VaultName {
  return `tier.${tier}`;
}

/**
 * The simulated vaults: one file of `NAME="value"` lines each, readable by its owner only, which may also be edited by
 * hand. Values leave it only for the process of the app that refers to them, and for commands of its owner beside that.
 */
export class Secrets {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  names(vault: VaultName): string[] {
    return Object.keys(this.#read(vault)).sort();
  }

  /** Tells each value by a keyed hash: whoever does not have this folder learns nothing of the value from it. */
  versions(vault: VaultName): Record<string, string> {
    return Object.fromEntries(Object.entries(this.#read(vault)).map(([name, value]) => [name, this.#version(value)]));
  }

  value(vault: VaultName, name: string): string | undefined {
    return this.#read(vault)[name];
  }

  set(vault: VaultName, name: string, value: string): void {
    this.#write(vault, { ...this.#read(vault), [name]: value }, omit(this.#copies(vault), name));
  }

  remove(vault: VaultName, name: string): boolean {
    const values = this.#read(vault);
    if (!(name in values)) return false;
    this.#write(vault, omit(values, name), omit(this.#copies(vault), name));
    return true;
  }

  /**
   * Copies values from one vault into another where they are missing, or are a copy of an older value; one that was set,
   * or edited by hand, in the other vault itself stays.
   * @returns the names that were copied
   */
  copy(from: VaultName, into: VaultName, names: string[]): string[] {
    const [standard, values, copies] = [this.#read(from), this.#read(into), this.#copies(into)];
    const copied = names.filter((name) => {
      const [wanted, own] = [standard[name], values[name]];
      if (wanted === undefined || wanted === own) return false;
      if (own !== undefined && copies[name] !== this.#version(own)) return false;
      values[name] = wanted;
      copies[name] = this.#version(wanted);
      return true;
    });
    if (copied.length > 0) this.#write(into, values, copies);
    return copied;
  }

  forget(vault: VaultName): void {
    fs.rmSync(this.#file(vault), { force: true });
  }

  #version(value: string): string {
    return createHmac("sha256", this.#key()).update(value).digest("hex").slice(0, 16);
  }

  #key(): string {
    const file = path.join(this.#folder, KEY);
    if (!fs.existsSync(file)) writePrivate(file, randomBytes(32).toString("hex"));
    return fs.readFileSync(file, "utf8");
  }

  #lines(vault: VaultName): string[] {
    const file = this.#file(vault);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
  }

  #read(vault: VaultName): Record<string, string> {
    const entries = this.#lines(vault)
      .map((line) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()))
      .filter((match) => match !== null)
      .map(([, name = "", text = ""]) => [name, unquoted(text)] as const);
    return Object.fromEntries(entries);
  }

  /** Which values are copies, each with the version that was copied. */
  #copies(vault: VaultName): Record<string, string> {
    const found = this.#lines(vault).map((line) => /^# copied: (\w+) ([0-9a-f]+)$/.exec(line.trim()));
    return Object.fromEntries(found.flatMap((match) => (match ? [[match[1] ?? "", match[2] ?? ""]] : [])));
  }

  #write(vault: VaultName, values: Record<string, string>, copies: Record<string, string>): void {
    const lines = [
      ...Object.entries(values).map(([name, text]) => `${name}=${JSON.stringify(text)}\n`),
      ...Object.entries(copies).map(([name, version]) => `# copied: ${name} ${version}\n`),
    ];
    writePrivate(this.#file(vault), lines.join(""));
  }

  /** The name of a vault has no separator in it, but this path is worth a check of its own. */
  #file(vault: VaultName): string {
    if (!/^[a-z][a-z0-9-]{0,31}$|^tier\.[a-z]+$/.test(vault)) throw new Error(`not the name of a vault: ${vault}`);
    return path.join(this.#folder, `${vault}.env`);
  }
}

function omit(values: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
}

/** No vault's file: their names begin with a letter. */
const KEY = ".key";

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
