import type { ExitCode } from "../../errors.js";

/**
 * A row of the table: an error of somebody else, in the words of paas. `{name|otherwise}` in its texts is what `reads`
 * found under that name, else what stands behind the bar.
 */
export type Explained = {
  /** Codes that mean it; none where only words tell it. */
  codes: readonly string[];
  /** Words that have to be there as well. Rows with words come before those without. */
  words?: RegExp;
  /** Patterns with named groups, for facts that the message contains. */
  reads?: readonly RegExp[];
  /** Code of the PaasError: kebab-case, stable. */
  code: string;
  means: string;
  allowed?: string;
  next: string;
  /** 1 unless told. */
  exit?: ExitCode;
};

/** Ids of resources as Azure quotes them in messages. */
export const SCOPE = /(?:over scope|scope\(s\)|on scope|The scope) '(?<scope>[^']+)'/;
