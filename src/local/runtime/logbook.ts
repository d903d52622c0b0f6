import { EventEmitter, on } from "node:events";
import fs from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export type LogEntry = {
  /** RFC 3339, UTC. */
  time: string;
  revision: string;
  text: string;
  /** Said by the runtime, not by the app. */
  system?: true;
};

/** Which entries are read. */
export type Wanted = (entry: LogEntry) => boolean;

/** Bytes of a log file; one older file of that size is kept beside it. */
const FILE_LIMIT = 5_000_000;
/** Characters of a line; a longer one is cut into several. */
const LINE_LIMIT = 16_000;

/** What an app has written, as JSON lines in a file of bounded size. */
export class Logbook {
  readonly #file: string;
  readonly #fileLimit: number;
  readonly #events = new EventEmitter().setMaxListeners(0);
  #size: number;
  #closed = false;

  /** @param fileLimit bytes after which a new file is begun */
  constructor(folder: string, app: string, fileLimit = FILE_LIMIT) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, `${encodeURIComponent(app)}.log`);
    this.#fileLimit = fileLimit;
    this.#size = endLastLine(this.#file);
  }

  write(revision: string, ...texts: string[]): void {
    this.#append(texts.flatMap(pieces).map((text) => ({ revision, text })));
  }

  /** Writes down what the runtime has to say. */
  tell(revision: string, text: string): void {
    this.#append([{ revision, text: `paas: ${text}`, system: true }]);
  }

  #append(said: Omit<LogEntry, "time">[]): void {
    if (this.#closed || said.length === 0) return;
    const time = new Date().toISOString();
    const entries = said.map((entry): LogEntry => ({ time, ...entry }));
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    try {
      this.#rotate();
      fs.appendFileSync(this.#file, lines, { mode: 0o600 });
      this.#size += Buffer.byteLength(lines);
    } catch {
      // A full disk costs lines of the log, not the app.
    }
    for (const entry of entries) this.#events.emit("entry", entry);
  }

  /** Writes down every line of a process's output. */
  collect(revision: string, output: Readable | null): void {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    output?.on("data", (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
      rest = lines.pop() ?? "";
      if (rest.length > LINE_LIMIT) lines.push(rest.slice(0, LINE_LIMIT));
      if (rest.length > LINE_LIMIT) rest = rest.slice(LINE_LIMIT);
      this.write(revision, ...lines);
    });
    output?.on("end", () => {
      if (rest !== "") this.write(revision, rest);
    });
    // A process that is killed breaks its pipe; there is nothing more to read then.
    output?.on("error", () => {});
  }

  /** The last `count` entries that are wanted. */
  tail(count: number, wanted: Wanted = () => true): LogEntry[] {
    if (count <= 0) return [];
    const last = entriesOf(this.#file).filter(wanted).slice(-count);
    const missing = count - last.length;
    return missing > 0 ? [...entriesOf(`${this.#file}.1`).filter(wanted).slice(-missing), ...last] : last;
  }

  /** The last `count` entries, and, when following, every later one until `signal` is aborted or the app is gone. */
  async *read(
    count: number,
    follow: boolean,
    signal: AbortSignal,
    wanted: Wanted = () => true,
  ): AsyncGenerator<LogEntry> {
    const ended = new AbortController();
    const left = AbortSignal.any([signal, ended.signal]);
    // Listening begins before the file is read, and nothing is written in between, so no entry is lost or doubled.
    const later = follow && !left.aborted && !this.#closed ? on(this.#events, "entry", { signal: left }) : null;
    const close = () => ended.abort();
    this.#events.once("close", close);
    try {
      yield* this.tail(count, wanted);
      if (later) for await (const [entry] of later as AsyncIterable<[LogEntry]>) if (wanted(entry)) yield entry;
    } catch (error) {
      if (!left.aborted) throw error;
    } finally {
      this.#events.off("close", close);
      ended.abort();
    }
  }

  /** Ends every reader; nothing is written from now on. */
  close(): void {
    this.#closed = true;
    this.#events.emit("close");
  }

  /** Closes the log and forgets what is in it. */
  remove(): void {
    this.close();
    for (const file of [this.#file, `${this.#file}.1`]) fs.rmSync(file, { force: true });
  }

  #rotate(): void {
    if (this.#size < this.#fileLimit) return;
    fs.renameSync(this.#file, `${this.#file}.1`);
    this.#size = 0;
  }
}

function pieces(text: string): string[] {
  if (text.length <= LINE_LIMIT) return [text];
  return [text.slice(0, LINE_LIMIT), ...pieces(text.slice(LINE_LIMIT))];
}

/** A daemon that was killed may have left half a line at the end: the next one is not to continue it. Gives the size. */
function endLastLine(file: string): number {
  if (!fs.existsSync(file)) return 0;
  const text = fs.readFileSync(file);
  if (text.length === 0 || text.at(-1) === "\n".charCodeAt(0)) return text.length;
  fs.appendFileSync(file, "\n");
  return text.length + 1;
}

/** What is no entry is skipped. */
function entriesOf(file: string): LogEntry[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as LogEntry];
    } catch {
      return [];
    }
  });
}
