import { azureFailure } from "../azure/failure.js";
import { PaasError } from "../errors.js";

type ServiceFailure = { statusCode?: number; code?: string; name?: string };

/** Tells whether the blob service answered with one of these error codes. */
export function answered(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as ServiceFailure)?.code ?? "");
}

/** Tells whether the blob service said that the blob is not there; a missing container is another matter. */
export function isAbsent(error: unknown): boolean {
  const { statusCode, code } = error as ServiceFailure;
  return statusCode === 404 && code !== "ContainerNotFound";
}

/**
 * Turns a failure of the blob service into words.
 * @param trying a sentence without a subject: `read the record of alice`
 */
export function stateFailure(trying: string, error: unknown): PaasError {
  if (error instanceof PaasError) return error;
  const { code, name } = error as ServiceFailure;
  if (name === "AbortError" || name === "TimeoutError") {
    const next = "see whether the state account can be reached, then repeat";
    return new PaasError("state-timeout", `could not ${trying}: no answer in time`, { next, cause: error });
  }
  if (code === "ContainerNotFound") {
    const next = "`paas up` makes the containers of the state account";
    return new PaasError("state-container-missing", `could not ${trying}: its container is not there`, {
      next,
      cause: error,
    });
  }
  return azureFailure(trying, error, "state-failed");
}

/** Runs a call of the blob service; its failure is put into words. */
export async function attempt<T>(trying: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw stateFailure(trying, error);
  }
}
