/**
 * Items of several sources as they come, also of sources that come later; ends with the last source, or with the first
 * that fails.
 */
export async function* merged<T>(sources: AsyncIterable<T>[] | AsyncIterable<AsyncIterable<T>>): AsyncGenerator<T> {
  const waiting = new Map<AsyncIterator<unknown>, Promise<() => T[]>>();
  const ask = <Item>(source: AsyncIterator<Item>, take: (item: Item) => T[]): void => {
    const step = source.next().then((result) => () => {
      if (result.done) {
        waiting.delete(source);
        return [];
      }
      ask(source, take);
      return take(result.value);
    });
    // It may fail while nobody waits for it yet.
    step.catch(() => {});
    waiting.set(source, step);
  };
  const open = (items: AsyncIterable<T>): T[] => {
    ask(items[Symbol.asyncIterator](), (item) => [item]);
    return [];
  };
  if (Array.isArray(sources)) for (const items of sources) open(items);
  else ask(sources[Symbol.asyncIterator](), open);
  try {
    while (waiting.size > 0) yield* (await Promise.race(waiting.values()))();
  } finally {
    // A source that waits for its next item ends by its own signal.
    for (const source of waiting.keys()) source.return?.().catch(() => {});
  }
}
