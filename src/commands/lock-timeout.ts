import { EXIT, PaasError } from "../errors.js";
import { DURATION, milliseconds } from "../manifest/duration.js";

/** Milliseconds that `--lock-timeout` means; none = do not wait. */
export function lockTimeoutOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (DURATION.test(text)) return milliseconds(text);
  throw new PaasError("usage", `--lock-timeout ${text} is not a duration`, {
    details: ["allowed: a number and s, m, h or d"],
    next: "for example `--lock-timeout 10m`",
    exit: EXIT.usage,
  });
}
