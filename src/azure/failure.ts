import { EXIT, PaasError } from "../errors.js";
import { type Answer, readAnswer } from "./answer.js";
import { explain } from "./explain.js";
import { explainedError, ForeignWords } from "./foreign-words.js";

/** True when Azure says that the thing is not there. */
export function isAbsent(error: unknown): boolean {
  return (error as { statusCode?: number } | null)?.statusCode === 404;
}

/** True when Azure has refused who asks, wherever in the causes of an error that stands. */
export function isDenied(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { statusCode } = at as { statusCode?: unknown };
    if (statusCode === 401 || statusCode === 403) return true;
  }
  return false;
}

/**
 * Turns a failure of an Azure SDK into words: what was tried, what the answer means, what to do. Azure's own words stay
 * as its cause, for `--verbose`.
 * @param trying a sentence without a subject, `read the resource group rg-shop-alice`
 * @param otherwise code of an error that has no explanation
 */
export function azureFailure(trying: string, error: unknown, otherwise = "azure-failed"): PaasError {
  if (error instanceof PaasError) return error;
  const answer = readAnswer(error);
  const explanation = explain(answer.text, answer.codes);
  const cause = wordsOf(answer, error);
  if (explanation !== null) {
    const origin = [`Azure answered ${summary(answer, explanation.foreign)}`];
    return explainedError(`could not ${trying}`, explanation, origin, cause);
  }
  const denied = answer.status === 401 || answer.status === 403;
  return new PaasError(denied ? "not-allowed" : otherwise, `could not ${trying}: ${summary(answer)}`, {
    details: innermost(answer),
    exit: denied ? EXIT.signIn : EXIT.failed,
    ...(denied ? { next: "`paas doctor` shows who is signed in and which roles that identity holds" } : {}),
    cause,
  });
}

/** Runs a call of an SDK; a 404 gives null, every other failure is put into words. */
export async function orNull<T>(trying: string, call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw azureFailure(trying, error);
  }
}

function wordsOf(answer: Answer, thrown: unknown): ForeignWords {
  const ids = { "request id": answer.requestId, "correlation id": answer.correlationId };
  const lines = Object.entries(ids).flatMap(([name, id]) => (id === null ? [] : `${name}: ${id}`));
  return new ForeignWords(`Azure answered ${summary(answer)}`, [...lines, answer.text].join("\n"), thrown);
}

function summary({ status, codes }: Answer, code: string | null = null): string {
  return [status, code ?? codes[0]].filter(Boolean).join(" ") || "nothing that can be read";
}

/** First line of Azure's words; what it wraps says more than the wrapper. */
function innermost({ text }: Answer): string[] {
  const [line] = text.split("\n").filter((words) => words.trim() !== "" && !words.trim().startsWith("{"));
  return line === undefined ? [] : [line];
}
