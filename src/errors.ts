/** Exit codes of the command line; `plan --detailed-exitcode` alone gives 2 another meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  signIn: 4,
  refused: 5,
  locked: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type PaasErrorOptions = {
  /** Facts under the message, one line each. */
  details?: string[];
  /** What the user can do now: a sentence or a command. */
  next?: string;
  /** Exit code of the process; 1 unless told. */
  exit?: ExitCode;
  cause?: unknown;
};

/**
 * The one error that is meant for the user: says what is wrong with which thing, and what to do next.
 * Doors turn foreign errors into it; only `main` prints it.
 */
export class PaasError extends Error {
  /** Stable, kebab-case; scripts may rely on it. */
  readonly code: string;
  readonly details: string[];
  readonly next: string | undefined;
  readonly exit: ExitCode;

  constructor(code: string, message: string, options: PaasErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "PaasError";
    this.code = code;
    this.details = options.details ?? [];
    this.next = options.next;
    this.exit = options.exit ?? EXIT.failed;
  }
}
