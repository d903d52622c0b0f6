import type { LogLine } from "../cloud.js";
import type { LogEntry } from "./runtime/logbook.js";
import type { Runtime } from "./runtime/runtime.js";

export type AppLogRequest = {
  revision: string | null;
  /** Only what the runtime says. */
  system: boolean;
  tail: number;
  follow: boolean;
  signal: AbortSignal;
};

/** What the apps of an environment wrote: their history in the order of time, then what follows as it comes. */
export async function* appLogs(
  apps: { service: string; app: string }[],
  request: AppLogRequest,
  runtime: Runtime,
): AsyncGenerator<LogLine> {
  const history: LogLine[] = [];
  for (const { service, app } of apps) {
    for await (const line of read(runtime, service, app, { ...request, follow: false })) history.push(line);
  }
  history.sort((one, other) => one.time.localeCompare(other.time));
  yield* history.slice(-request.tail);
  if (request.follow)
    yield* merged(apps.map(({ service, app }) => read(runtime, service, app, { ...request, tail: 0 })));
}

async function* read(
  runtime: Runtime,
  service: string,
  app: string,
  { revision, system, ...request }: AppLogRequest,
): AsyncGenerator<LogLine> {
  const wanted = (entry: LogEntry) =>
    (revision === null || entry.revision === revision) && (!system || entry.system === true);
  for await (const { time, text } of runtime.logs(app, { ...request, wanted })) yield { service, time, text };
}

/** Values of several iterators, whichever has one first. */
async function* merged<T>(iterators: AsyncGenerator<T>[]): AsyncGenerator<T> {
  const next = (iterator: AsyncGenerator<T>) => iterator.next().then((result) => ({ iterator, result }));
  const waiting = new Map(iterators.map((iterator) => [iterator, next(iterator)]));
  while (waiting.size > 0) {
    const { iterator, result } = await Promise.race(waiting.values());
    if (result.done) waiting.delete(iterator);
    else {
      waiting.set(iterator, next(iterator));
      yield result.value;
    }
  }
}
