/** What a failed request says about trying again. */
export type Refusal = { status: number; headers: Record<string, string | number | undefined>; message: string };

/** Requests of one call, the first included. */
const ATTEMPTS = 4;
/** What GitHub asks for when it refuses without saying how long. */
const UNSAID = 60_000;

/** True when GitHub asks for patience: its hourly limit, or that for bursts. */
export function isRateLimit({ status, headers, message }: Refusal): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers["retry-after"] !== undefined ||
    String(headers["x-ratelimit-remaining"]) === "0" ||
    /rate limit/i.test(message)
  );
}

/**
 * Milliseconds to wait before a request is tried again; null = give up.
 * @param attempt how many were made, from 1
 * @param now milliseconds since the epoch, for limits that end at a moment
 * @param left milliseconds that this run may still spend on waiting
 */
export function waitBefore(refusal: Refusal, attempt: number, now: number, left: number): number | null {
  if (attempt >= ATTEMPTS) return null;
  const wait = isRateLimit(refusal) ? askedFor(refusal.headers, now) : refusal.status >= 500 ? backOff(attempt) : null;
  return wait === null || wait > left ? null : wait;
}

function askedFor(headers: Refusal["headers"], now: number): number {
  const seconds = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && seconds >= 0) return seconds * 1000;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0) return Math.max(0, reset * 1000 - now) + 1000;
  return UNSAID;
}

function backOff(attempt: number): number {
  return 1000 * 2 ** (attempt - 1);
}
