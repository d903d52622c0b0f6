import { setTimeout as sleep } from "node:timers/promises";

/** Waiting, and for how long; tests bring their own. */
export type Patience = {
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Longest that one thing is waited for, in milliseconds. */
  limit: number;
};

export const PATIENCE: Patience = {
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  // Roles and identities are known everywhere after some minutes; ten is what the documentation admits.
  limit: 10 * 60_000,
};

/** First pause, in milliseconds; each next one is half as long again, up to `LONGEST`. */
const FIRST = 2000;
const LONGEST = 20_000;

/**
 * Does something again for as long as it fails in a way that passes.
 * @param passes whether it is worth another try after this failure
 * @throws the last failure, once the limit is reached or the signal is aborted
 */
export async function untilDone<T>(
  work: () => Promise<T>,
  passes: (error: unknown) => boolean,
  { wait, limit }: Patience,
  signal: AbortSignal,
): Promise<T> {
  let waited = 0;
  for (let pause = FIRST; ; pause = Math.min(LONGEST, pause * 1.5)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || waited + pause > limit || !passes(error)) throw error;
      await wait(pause, signal);
      waited += pause;
    }
  }
}

/** Azure's code of a failure, wherever in its causes it stands; an answer without a body has it in a header. */
export function codeOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, statusCode, response } = at as ServiceFailure;
    if (typeof statusCode !== "number") continue;
    const told = typeof code === "string" ? code : response?.headers?.get("x-ms-error-code");
    if (told) return told;
  }
  return null;
}

type ServiceFailure = {
  code?: unknown;
  statusCode?: unknown;
  response?: { headers?: { get(name: string): string | undefined } };
};
