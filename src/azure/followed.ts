import { setTimeout as sleep } from "node:timers/promises";
import { LONGEST_TAIL, type LogEntry, type LogStream } from "./log-stream.js";
import { merged } from "./merged.js";

/** Milliseconds between two looks for streams. */
const PACE = 3000;

/**
 * Follows streams side by side, also those that come later: a new version, one more instance. Azure ends a stream now and
 * then while its replica lives; the next look opens it again.
 * @param look the streams that are there right now; when it fails while something is followed, that goes on
 * @param tail how many past lines those are asked for that are there at first
 */
export function followed(
  look: () => Promise<LogStream[]>,
  tail: number,
  signal: AbortSignal,
  pace = PACE,
): AsyncGenerator<LogEntry> {
  const open = new Set<string>();
  const refused = new Set<string>();
  /** Of the last moment that a stream told of: its time, and all that was said then. */
  const told = new Map<string, Moment>();

  async function* read({ id, lines }: LogStream, past: number): AsyncGenerator<LogEntry> {
    const before = told.get(id) ?? null;
    try {
      for await (const entry of lines(past, true, signal)) {
        // Opened again, it begins with what was told before; what has no time is what the stream says of itself.
        if (before && isTold(entry, before)) continue;
        if (entry.time !== "") told.set(id, withEntry(entry, told.get(id)));
        yield entry;
      }
      refused.delete(id);
    } catch (error) {
      // A replica may be gone since the look; one that is still there at the next look refuses once more.
      if (refused.has(id) && !signal.aborted) throw error;
      refused.add(id);
    } finally {
      open.delete(id);
    }
  }

  async function* opened(): AsyncGenerator<AsyncGenerator<LogEntry>> {
    for (let past = tail; !signal.aborted; past = LONGEST_TAIL) {
      for (const stream of await found()) {
        if (open.has(stream.id)) continue;
        open.add(stream.id);
        yield read(stream, past);
      }
      await sleep(pace, undefined, { signal }).catch(() => {});
    }
  }

  const found = () =>
    look().catch((error: unknown) => {
      if (open.size > 0 || signal.aborted) return [];
      throw error;
    });
  return merged(opened());
}

/** A moment may be a whole second, of which not everything was said yet. */
type Moment = { time: string; texts: ReadonlySet<string> };

function isTold({ time, text }: LogEntry, before: Moment): boolean {
  return time < before.time || (time === before.time && before.texts.has(text));
}

function withEntry({ time, text }: LogEntry, last: Moment = { time: "", texts: new Set() }): Moment {
  if (time < last.time) return last;
  return { time, texts: new Set(time === last.time ? [...last.texts, text] : [text]) };
}
