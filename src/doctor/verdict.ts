import type { Facts, Gathered } from "./facts.js";

export const STATUSES = ["ok", "warning", "failure", "skipped"] as const;
export type Status = (typeof STATUSES)[number];

/** What a check found: one line, and what mends it. */
export type Verdict = { status: Status; line: string; fix: string | null };

/** A check judges facts; more than one verdict where it looks at several things. */
export type Check = { id: string; title: string; judge(facts: Facts): Verdict | Verdict[] };

export const ok = (line: string): Verdict => ({ status: "ok", line, fix: null });
export const warning = (line: string, fix: string): Verdict => ({ status: "warning", line, fix });
export const failure = (line: string, fix: string): Verdict => ({ status: "failure", line, fix });
export const skipped = (why: string): Verdict => ({ status: "skipped", line: why, fix: null });

/**
 * Judges what was found out; what could not be is a failure (or what `otherwise` makes of it), what does not matter is
 * skipped.
 */
export function judged<T>(
  gathered: Gathered<T>,
  judge: (value: T) => Verdict | Verdict[],
  otherwise: (line: string, fix: string) => Verdict = failure,
): Verdict | Verdict[] {
  if ("value" in gathered) return judge(gathered.value);
  if ("skipped" in gathered) return skipped(gathered.skipped);
  const { failed, details = [], next } = gathered;
  return otherwise([failed, ...details].join("; "), next ?? "mend the cause, then run `paas doctor` again");
}
