import { PaasError } from "../errors.js";
import type { Explanation } from "./explain.js";

/** What somebody else said about a failure, in their own words: the cause of an error in ours, for `--verbose`. */
export class ForeignWords extends Error {
  /**
   * @param speaker `Terraform said`
   * @param thrown the error that carried them
   */
  constructor(speaker: string, words: string, thrown?: unknown) {
    super(`${speaker}\n${words.trim()}`, thrown === undefined ? {} : { cause: thrown });
    this.name = "ForeignWords";
    // Where they were read helps nobody; where they come from, the cause tells.
    this.stack = this.message;
  }
}

/**
 * An error that the table explains; the same for everything that passes it on.
 * @param failed what did not work, `terraform apply failed for alice`
 * @param origin lines that tell who said it, and of which resource
 */
export function explainedError(
  failed: string,
  explanation: Explanation,
  origin: string[],
  cause: ForeignWords,
): PaasError {
  const { code, means, allowed, next, exit } = explanation;
  const details = [...origin, ...(allowed === null ? [] : [`allowed: ${allowed}`])];
  return new PaasError(code, `${failed}: ${means}`, { details, next, exit, cause });
}
