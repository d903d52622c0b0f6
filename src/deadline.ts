/**
 * A signal that is aborted after a time, or with the first of `others`.
 *
 * Stands for `AbortSignal.any([AbortSignal.timeout(…), …])`, which on Node 20 may never fire: the timeout is held weakly
 * there and is gone after a garbage collection. Here the timer holds it.
 * @param milliseconds from now; keeps no process alive
 */
export function deadline(milliseconds: number, ...others: AbortSignal[]): AbortSignal {
  const timeout = new AbortController();
  const end = () => timeout.abort(new DOMException(`no end within ${milliseconds} ms`, "TimeoutError"));
  setTimeout(end, milliseconds).unref();
  return AbortSignal.any([timeout.signal, ...others]);
}
