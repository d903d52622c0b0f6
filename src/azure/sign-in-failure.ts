import { EXIT, PaasError } from "../errors.js";

/** What Entra answers, what it means, what to do. */
const MEANINGS: Record<string, { message: string; next: string }> = {
  "70011": {
    message: "the scope asked for does not exist in this tenant",
    next: "check the tenant: ARM_TENANT_ID, or `platform:` in paas.yaml",
  },
  "70018": { message: "the sign-in was declined", next: "`paas login` again" },
  "70020": { message: "the code was not typed in in time", next: "`paas login` again" },
  "50020": {
    message: "this user does not belong to the tenant",
    next: "`paas login --tenant <id>` with an account of that tenant",
  },
  "50034": {
    message: "this user does not exist in the tenant",
    next: "`paas login --tenant <id>` with an account of that tenant",
  },
  "50076": { message: "the tenant asks for a second factor", next: "`paas login` again" },
  "50079": {
    message: "the tenant asks for a second factor that is not set up yet",
    next: "`paas login` again and set it up",
  },
  "50173": { message: "the sign-in was revoked, for instance by a new password", next: "`paas login` again" },
  "53003": {
    message: "a conditional access policy of the tenant forbids this sign-in",
    next: "sign in from a device or network that the policy allows, or ask the tenant's administrator",
  },
  "65001": {
    message: "nobody has consented to this application in the tenant",
    next: "ask the tenant's administrator",
  },
  "70043": { message: "the sign-in is too old for the tenant's policy", next: "`paas login` again" },
  "700082": { message: "the sign-in has expired: it was not used for 90 days", next: "`paas login` again" },
  "90002": {
    message: "there is no tenant of this id",
    next: "check the tenant: `platform:` in paas.yaml, then ARM_TENANT_ID",
  },
  "700016": {
    message: "the tenant does not know this client id",
    next: "check ARM_CLIENT_ID and the tenant: both must be of the same directory",
  },
  "7000215": {
    message: "the client secret is wrong",
    next: "use the secret's value, not its id; make a new one where it is lost",
  },
  "7000222": {
    message: "the client secret has expired",
    next: "make a new secret for the application and set ARM_CLIENT_SECRET, or use federated credentials: they do not expire",
  },
  "700024": {
    message: "the token presented is not valid at this time: a clock is wrong",
    next: "set the clock of this machine, then run again",
  },
  "700027": {
    message: "the certificate is not one of the application's",
    next: "register the certificate with the application",
  },
  "70021": {
    message: "no federated credential matches this job",
    next: "after its creation it takes minutes until one works; then compare subject, issuer and audience: `paas doctor`",
  },
  "700211": {
    message: "no federated credential has this issuer",
    next: "compare issuer, subject and audience: `paas doctor`",
  },
  "700212": {
    message: "no federated credential has this audience",
    next: "the audience is api://AzureADTokenExchange",
  },
  "700213": {
    message: "no federated credential has this subject",
    next: "compare the subject with the credential's, letter by letter: `paas doctor`",
  },
  "7002138": {
    message: "a federated credential has this subject in other letters: upper and lower case differ",
    next: "correct the credential's subject",
  },
};

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
  const meaning = code ? MEANINGS[code] : undefined;
  const said = sentenceOf(text);
  if (!code && text.includes("network_error")) return unreachable(way, error);
  if (!code && (error as Error).name === "AuthenticationRequiredError") return expired(way, error);
  if (meaning) {
    return new PaasError("sign-in-failed", `${way}: ${meaning.message}`, {
      details: [said],
      next: meaning.next,
      exit: EXIT.signIn,
      cause: error,
    });
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
