import type { ServerResponse } from "node:http";
import type { Method } from "./route.js";

/**
 * `reset`: nothing is done and the connection breaks. `reset after`: it is done, and the connection breaks unsaid.
 * `unanswered`: it is done and never said; whoever asks can be killed meanwhile.
 */
export type Trouble = "reset" | "reset after" | { unanswered(): void } | Answered;
export type Answered = { status: number; code: string; message?: string; headers?: Record<string, string> };

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

/** Whether a trouble stands in place of the work itself. */
export function isAnswered(trouble: Trouble | null): trouble is Answered {
  return typeof trouble === "object" && trouble !== null && "status" in trouble;
}

/** Keeps what a handler answers from going out; told once it has ended its work. */
export function withhold(response: ServerResponse, trouble: "reset after" | { unanswered(): void }): void {
  const ended = () => {
    if (trouble === "reset after") response.socket?.destroy();
    else trouble.unanswered();
    return response;
  };
  Object.assign(response, { writeHead: () => response, write: () => true, end: ended });
}

/** What goes wrong before a route is asked. */
export class Faults {
  #waiting: Waiting[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 });
  }

  /** Lets one matching request be done and never answered; fulfilled once it is done. */
  hold(fault: Omit<Fault, "trouble" | "times">): Promise<void> {
    return new Promise((resolve) => this.add({ ...fault, trouble: { unanswered: resolve } }));
  }

  /** Those that never happened as often as they should: a test that names one has not shown what it says. */
  unmet(): string[] {
    return this.#waiting.filter(({ times }) => times > 0).map(({ fault }) => `${fault.method ?? ""} ${fault.url}`);
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
