import { EXIT, PaasError } from "../errors.js";

const MOST = 100_000;

/** How many lines of history `--tail` means. */
export function tailOf(text: string): number {
  const lines = Number(text);
  if (/^\d+$/.test(text) && lines <= MOST) return lines;
  throw new PaasError("usage", `--tail ${text} is not a number of lines`, {
    details: [`allowed: 0 to ${MOST}`],
    next: "for example `--tail 50`",
    exit: EXIT.usage,
  });
}
