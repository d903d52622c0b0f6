import { EventEmitter, once } from "node:events";

/** Counts the requests that a version of an app is answering, so that it is not ended under them. */
export class Traffic {
  readonly #events = new EventEmitter().setMaxListeners(0);
  #count = 0;

  /** A request begins; call the answer when it has ended (once more does nothing). */
  readonly begin = (): (() => void) => {
    this.#count++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#count--;
      if (this.#count === 0) this.#events.emit("quiet");
    };
  };

  /** Waits until no request is under way, at most until `signal` is aborted. */
  async quiet(signal: AbortSignal): Promise<void> {
    if (this.#count > 0 && !signal.aborted) await once(this.#events, "quiet", { signal }).catch(() => {});
  }
}
