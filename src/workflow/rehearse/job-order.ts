import type { Status as ScopeStatus } from "./expressions.js";
import type { JsonObject } from "./json.js";
import type { Status } from "./transcript.js";
import type { Job } from "./workflow-file.js";

/** A job that has ended. */
export type EndedJob = { result: Status; outputs: Record<string, string> };
export type EndedJobs = Map<string, EndedJob>;

/** Jobs in an order in which each comes after those it needs; GitHub's parser has refused circles before. */
export function inOrder(jobs: Job[]): Job[] {
  const placed: Job[] = [];
  const place = (job: Job) => {
    if (placed.includes(job)) return;
    for (const needed of jobs.filter(({ id }) => job.needs.includes(id))) place(needed);
    placed.push(job);
  };
  for (const job of jobs) place(job);
  return placed;
}

/**
 * What a job's condition sees of the jobs before it. `success()` asks all ancestors, not only those it names: a skip
 * goes on to the end of the chain unless a condition stops it.
 */
export function statusFor(job: Job, jobs: Job[], ended: EndedJobs, cancelled: boolean): ScopeStatus {
  const results = ancestorsOf(job, jobs).map((id) => ended.get(id)?.result ?? "skipped");
  return {
    success: results.every(succeeded) && !cancelled,
    failure: results.includes("failure"),
    cancelled: cancelled || results.includes("cancelled"),
    jobs: Object.fromEntries(Array.from(ended, ([id, { result }]) => [id.toLowerCase(), resultText(result)])),
  };
}

/** The `needs` context of a job. */
export function needsContext(job: Job, ended: EndedJobs): JsonObject {
  return Object.fromEntries(
    job.needs.map((id) => {
      const { result, outputs } = ended.get(id) ?? { result: "skipped", outputs: {} };
      return [id, { result: resultText(result), outputs }];
    }),
  );
}

function ancestorsOf(job: Job, jobs: Job[]): string[] {
  const direct = jobs.filter(({ id }) => job.needs.includes(id));
  return [...new Set(direct.flatMap((needed) => [needed.id, ...ancestorsOf(needed, jobs)]))];
}

/** What was only planned counts as done well, so that a dry look goes on. */
function resultText(status: Status): string {
  return status === "planned" ? "success" : status;
}

function succeeded(status: Status): boolean {
  return resultText(status) === "success";
}
