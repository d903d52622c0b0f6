/** Items of several sources as they come; ends with the last source, or with the first that fails. */
export async function* merged<T>(sources: AsyncIterable<T>[]): AsyncGenerator<T> {
  type Step = { source: AsyncIterator<T>; result: IteratorResult<T> };
  const next = async (source: AsyncIterator<T>): Promise<Step> => ({ source, result: await source.next() });
  const waiting = new Map(
    sources.map((items) => {
      const source = items[Symbol.asyncIterator]();
      return [source, next(source)];
    }),
  );
  try {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values());
      if (result.done) {
        waiting.delete(source);
        continue;
      }
      waiting.set(source, next(source));
      yield result.value;
    }
  } finally {
    for (const [source, pending] of waiting) {
      pending.catch(() => {});
      // A source that waits for its next item ends by its own signal.
      source.return?.().catch(() => {});
    }
  }
}
