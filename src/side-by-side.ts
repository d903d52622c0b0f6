/**
 * Does something with every item, with so many at once, and gives the results in the items' order. All have ended when
 * it ends, so that nothing goes on behind a failure.
 * @throws what the first item in order failed with
 */
export async function sideBySide<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: Promise<R>[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) {
      const result = work(item);
      results[index] = result;
      await result.catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return Promise.all(results);
}
