import { rename, writeFile } from "node:fs/promises";

/** A part of the storage that is kept in one file. */
export type Part = { file: string; serialize: () => string };

/**
 * Writes all parts as they were at one moment, each file atomically and in the order given: a part that refers to
 * another comes after it, so that whatever a kill leaves on disk refers to nothing that is missing.
 * Callers that come while a save is under way share the next one.
 */
export class StorageSaver {
  readonly #parts: Part[];
  readonly #written = new Map<string, string>();
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(parts: Part[]) {
    this.#parts = parts;
  }

  /** Resolves when every change made before the call is on disk. */
  save(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#afterRunning(this.#running);
    return this.#next;
  }

  async #afterRunning(running: Promise<void>): Promise<void> {
    await running.catch(() => {}); // its own callers hear of it
    this.#next = null;
    await this.#start();
  }

  #start(): Promise<void> {
    const snapshot = this.#parts.map(({ file, serialize }) => ({ file, text: serialize() }));
    this.#running = this.#write(snapshot).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #write(snapshot: { file: string; text: string }[]): Promise<void> {
    for (const { file, text } of snapshot) {
      if (this.#written.get(file) === text) continue;
      await writeFile(`${file}.next`, text, { mode: 0o600 });
      await rename(`${file}.next`, file);
      this.#written.set(file, text);
    }
  }
}
