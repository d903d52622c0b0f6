import { EXIT, type ExitCode, PaasError } from "../errors.js";

/** How errors and long answers travel between the CLI and the daemon: one JSON document per line. */
export type WireError = {
  code: string;
  message: string;
  details: string[];
  next: string | null;
  exit: number;
};

/** A line of a streamed answer: output, then exactly one `done` or `error`. */
export type WireLine = { line: string } | { done: unknown } | { error: WireError };

export function toWire(error: unknown): WireError {
  if (error instanceof PaasError) {
    return {
      code: error.code,
      message: error.message,
      details: error.details,
      next: error.next ?? null,
      exit: error.exit,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack ? error.stack.split("\n").slice(1, 6) : [];
  return {
    code: "local-cloud-failed",
    message: `the local cloud failed: ${message}`,
    details: stack.map((line) => line.trim()),
    next: "see `paas local logs`",
    exit: EXIT.failed,
  };
}

export function fromWire(error: WireError): PaasError {
  return new PaasError(error.code, error.message, {
    details: error.details,
    exit: error.exit as ExitCode,
    ...(error.next === null ? {} : { next: error.next }),
  });
}
