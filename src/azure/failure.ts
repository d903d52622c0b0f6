import { EXIT, PaasError } from "../errors.js";

type ServiceFailure = { statusCode?: number; code?: string; message?: string };

/** True when Azure says that the thing is not there. */
export function isAbsent(error: unknown): boolean {
  return (error as ServiceFailure)?.statusCode === 404;
}

/**
 * Turns a failure of an Azure SDK into words: what was tried, what Azure answered, what to do.
 * @param trying a sentence without a subject, `read the resource group rg-shop-alice`
 */
export function azureFailure(trying: string, error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  const { statusCode, code, message } = error as ServiceFailure;
  const answer = [statusCode, code].filter(Boolean).join(" ") || "no answer";
  const denied = statusCode === 401 || statusCode === 403;
  return new PaasError(denied ? "not-allowed" : "azure-failed", `could not ${trying}: ${answer}`, {
    details: message ? [message.split("\n")[0] ?? ""] : [],
    exit: denied ? EXIT.signIn : EXIT.failed,
    ...(denied ? { next: "check who you are signed in as and which roles that identity holds" } : {}),
    cause: error,
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
