import { EXIT, PaasError } from "../errors.js";
import { explain } from "./explain.js";
import { explainedError, ForeignWords } from "./foreign-words.js";

/** Of a sign-in by code the library tells the bare name of the error alone. */
const DEVICE: Record<string, string> = { expired_token: "70020", authorization_declined: "70018" };

/**
 * Turns a failed sign-in into words.
 * @param way how it was tried, `client secret of <id>`
 */
export function signInFailure(way: string, error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  const text = messageOf(error);
  const code = /AADSTS(\d+)/.exec(text)?.[1] ?? DEVICE[/: (\w+)$/.exec(text.trim())?.[1] ?? ""];
  const said = sentenceOf(text);
  if (!code && text.includes("network_error")) return unreachable(way, error);
  if (!code && (error as Error).name === "AuthenticationRequiredError") return expired(way, error);
  const explanation = code ? explain(said, [`AADSTS${code}`]) : null;
  if (explanation !== null) {
    return explainedError(
      way,
      explanation,
      [`Entra answered AADSTS${code}`],
      new ForeignWords("Entra said", text, error),
    );
  }
  return new PaasError("sign-in-failed", `${way}: ${code ? "Entra refused the sign-in" : "the sign-in failed"}`, {
    details: [said],
    next: code
      ? `what AADSTS${code} means: https://login.microsoftonline.com/error?code=${code}`
      : "run again; with --verbose it shows the cause",
    exit: EXIT.signIn,
    cause: error,
  });
}

function unreachable(way: string, cause: unknown): PaasError {
  return new PaasError("entra-unreachable", `${way}: login.microsoftonline.com does not answer`, {
    next: "check the network; a company's proxy is named in HTTPS_PROXY, its certificate in NODE_EXTRA_CA_CERTS",
    cause,
  });
}

/** Entra's reason is lost in the library: all it says is that a person is needed. */
function expired(way: string, cause: unknown): PaasError {
  return new PaasError("sign-in-expired", `${way}: the sign-in has expired or was revoked`, {
    next: "`paas login` again",
    exit: EXIT.signIn,
    cause,
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
