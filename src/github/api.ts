import { setTimeout as sleep } from "node:timers/promises";
import type { Octokit } from "@octokit/core";
import type { PaasError } from "../errors.js";
import { version } from "../version.js";
import type { ActionsContext } from "./context.js";
import { githubFailure, type Permission, refusalOf } from "./failure.js";
import { waitBefore } from "./retry.js";

/** GitHub's REST API, for one repository. */
export type Github = {
  repository: { owner: string; repo: string };
  request: Octokit["request"];
  /**
   * Runs calls that belong together, all of them again where GitHub asks for patience.
   * @param trying a sentence without a subject, `comment on pull request 7`
   * @param permission what a workflow's job needs for it
   * @throws PaasError `github-failed`, `github-not-allowed`, `github-rate-limit`
   */
  call<T>(trying: string, permission: Permission, work: () => Promise<T>): Promise<T>;
};

/** The clock, and waiting by it; tests bring their own. */
export type Patience = { now(): number; wait(milliseconds: number, signal: AbortSignal): Promise<void> };

const REAL: Patience = {
  now: () => Date.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** All waiting of one run together, in milliseconds: the minutes of a job are paid for. */
const MOST_WAITING = 120_000;
/** One request, in milliseconds. */
const REQUEST_LIMIT = 15_000;

/** Opens the API that the run's server has; the library loads here and not before. */
export async function openGithub(
  { apiUrl, repository }: Pick<ActionsContext, "apiUrl" | "repository">,
  token: string,
  signal: AbortSignal,
  patience: Patience = REAL,
): Promise<Github> {
  const { Octokit } = await import("@octokit/core");
  const silent = () => {};
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: `paas/${version}`,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  octokit.hook.before("request", (options) => {
    options.headers["x-github-api-version"] = "2022-11-28";
    options.request = { ...options.request, signal: AbortSignal.timeout(REQUEST_LIMIT) };
  });
  let left = MOST_WAITING;

  const call = async <T>(trying: string, permission: Permission, work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const wait = waitFor(error, attempt);
        if (wait === null) throw failureOf(trying, error, permission);
        left -= wait;
        await patience.wait(wait, signal).catch(() => {});
      }
    }
  };

  /** A run that was stopped has a few seconds to end, and none to wait. */
  const waitFor = (error: unknown, attempt: number): number | null => {
    const refusal = refusalOf(error);
    if (refusal === null || signal.aborted) return null;
    return waitBefore(refusal, attempt, patience.now(), left);
  };
  const failureOf = (trying: string, error: unknown, permission: Permission): PaasError =>
    githubFailure(trying, error, permission, patience.now());
  return { repository, request: octokit.request, call };
}

/** Pages of a list, one by one; `read` gives a page and its `link` header. */
export async function* pages<T>(
  read: (page: number) => Promise<{ data: T[]; headers: { link?: string | undefined } }>,
): AsyncGenerator<T[]> {
  for (let page = 1; ; page += 1) {
    const { data, headers } = await read(page);
    yield data;
    if (!headers.link?.includes('rel="next"')) return;
  }
}
