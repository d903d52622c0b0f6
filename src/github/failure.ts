import { EXIT, PaasError } from "../errors.js";
import { isRateLimit, type Refusal } from "./retry.js";

/** A line of a workflow job's `permissions:`. */
export type Permission =
  | "actions: read"
  | "administration: read"
  | "contents: read"
  | "deployments: write"
  | "statuses: write"
  | "pull-requests: read"
  | "pull-requests: write"
  | "administration: write";

type RequestFailure = Error & { status: number; response?: { headers?: Refusal["headers"] } };

/** What GitHub answered; null for an error that is not an answer of its, nor the lack of one. */
export function refusalOf(error: unknown): Refusal | null {
  if (!isRequestFailure(error)) return null;
  return { status: error.status, headers: error.response?.headers ?? {}, message: error.message };
}

/** True when GitHub says that the thing is not there. */
export function isAbsent(error: unknown): boolean {
  return isRequestFailure(error) && error.status === 404 && error.response !== undefined;
}

/** Turns a failure of the API into words: what was tried, what GitHub answered, what to do. */
export function githubFailure(trying: string, error: unknown, permission: Permission, now: number): PaasError {
  if (error instanceof PaasError) return error;
  const refusal = refusalOf(error);
  const first = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  if (refusal !== null && isRateLimit(refusal)) {
    return new PaasError("github-rate-limit", `could not ${trying}: GitHub's rate limit is reached`, {
      details: [...limitLines(refusal, now), first],
      next: "run it again later",
      cause: error,
    });
  }
  if (isRequestFailure(error) && error.response !== undefined && [401, 403, 404].includes(error.status)) {
    return new PaasError("github-not-allowed", `could not ${trying}: GitHub answered ${error.status}`, {
      details: [first],
      next:
        error.status === 401
          ? "pass the run's own token to the step, as GITHUB_TOKEN; it ends with the job"
          : `give the job this line under \`permissions:\`: \`${permission}\``,
      exit: EXIT.signIn,
      cause: error,
    });
  }
  return new PaasError("github-failed", `could not ${trying}: ${answerOf(error)}`, { details: [first], cause: error });
}

function answerOf(error: unknown): string {
  if (!isRequestFailure(error)) return "GitHub's answer makes no sense";
  return error.response === undefined ? "no answer" : `GitHub answered ${error.status}`;
}

function limitLines({ headers }: Refusal, now: number): string[] {
  if (headers["retry-after"] !== undefined) return [`it asks to wait for ${headers["retry-after"]} s`];
  const reset = Number(headers["x-ratelimit-reset"]);
  return reset * 1000 > now ? [`it ends at ${new Date(reset * 1000).toISOString()}`] : [];
}

/** Octokit gives 500 and no response when there was no answer at all. */
function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}
