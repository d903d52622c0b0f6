import { EXIT, PaasError } from "../errors.js";
import { explain } from "./explain.js";
import { explainedError, ForeignWords } from "./foreign-words.js";

/**
 * Turns a failed sign-in into words: those of the table, else Entra's own sentence and where its code is explained.
 * @param way how it was tried, `client secret of <id>`
 */
export function signInFailure(way: string, error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  const text = messageOf(error);
  const said = sentenceOf(text);
  const code = /AADSTS(\d+)/.exec(said)?.[1];
  const words = new ForeignWords("Entra said", text, error);
  const { name } = error as Error;
  const explanation = explain(said, [...(code ? [`AADSTS${code}`] : []), name]);
  if (explanation !== null) {
    const answered = explanation.foreign !== null && explanation.foreign !== name;
    const origin = answered ? [`Entra answered ${explanation.foreign}`] : [];
    return explainedError(way, explanation, origin, words);
  }
  return new PaasError("sign-in-failed", `${way}: ${code ? "Entra refused the sign-in" : "the sign-in failed"}`, {
    details: [said],
    next: code
      ? `what AADSTS${code} means: https://login.microsoftonline.com/error?code=${code}`
      : "run again; with --verbose it shows the cause",
    exit: EXIT.signIn,
    cause: words,
  });
}

/** The library wraps Entra's answer once or twice. */
function messageOf(error: unknown): string {
  const {
    message = "",
    errorResponse,
    cause,
  } = error as {
    message?: string;
    errorResponse?: { errorDescription?: string };
    cause?: unknown;
  };
  const own = `${errorResponse?.errorDescription ?? ""} ${message}`;
  return cause && !own.includes("AADSTS") ? `${own} ${messageOf(cause)}` : own;
}

/** Entra's sentence without the ids that only its support can read. */
function sentenceOf(text: string): string {
  const from = Math.max(0, text.search(/AADSTS\d+/));
  return (text.slice(from).split(/ Trace ID:|\r|\n/, 1)[0] ?? "").trim();
}
