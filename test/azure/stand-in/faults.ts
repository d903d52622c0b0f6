import type { Method } from "./route.js";

/** `reset`: nothing is done and the connection breaks. `reset after`: it is done, and the connection breaks unsaid. */
export type Trouble =
  | "reset"
  | "reset after"
  | { status: number; code: string; message?: string; headers?: Record<string, string> };

export type Fault = {
  method?: Method;
  /** Of host and path, `management.azure.com/subscriptions/…`. */
  url: RegExp;
  trouble: Trouble;
  /** How many matching requests are let through before the first trouble; none unless told. */
  after?: number;
  /** How often; once unless told. */
  times?: number;
};

type Waiting = { fault: Fault; after: number; times: number };

/** What goes wrong before a route is asked. */
export class Faults {
  #waiting: Waiting[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The trouble that a request meets, if any. */
  meet(method: string, url: string): Trouble | null {
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (waiting.times === 0 || (fault.method && fault.method !== method) || !fault.url.test(url)) continue;
      if (waiting.after > 0) {
        waiting.after -= 1;
        continue;
      }
      waiting.times -= 1;
      return fault.trouble;
    }
    return null;
  }
}
