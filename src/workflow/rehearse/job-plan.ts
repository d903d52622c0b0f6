import { type Concurrency, concurrencyOf } from "./concurrency.js";
import { admit, type EnvironmentRules } from "./environments.js";
import type { GithubEvent } from "./event.js";
import type { Scope } from "./expressions.js";
import { type Leg, legName } from "./matrix.js";
import { type Identity, subjectOf } from "./oidc.js";
import { mayIdentify, permissionsOf } from "./permissions.js";
import { resolveText } from "./templates.js";
import type { JobTranscript } from "./transcript.js";
import type { Job, Workflow } from "./workflow-file.js";

export type JobFacts = {
  workflow: Workflow;
  event: GithubEvent;
  identity: Identity;
  environments: EnvironmentRules;
};

/** What GitHub settles about a leg of a job before its first step: the transcript so far, without steps. */
export function planJob(job: Job, leg: Leg, scope: Scope, facts: JobFacts): JobTranscript {
  const permissions = permissionsOf(facts.workflow.permissions, job.permissions, facts.event);
  const environment = environmentOf(job, scope, facts);
  return {
    ...blankJob(job),
    name: job.name === null ? legName(job.id, leg) : resolveText(job.name, scope),
    matrix: leg,
    concurrency: concurrencyOf(job.concurrency, scope),
    permissions,
    environment,
    oidcSubject: mayIdentify(permissions) ? subjectOf(facts.identity, facts.event, environment?.name ?? null) : null,
  };
}

/** A job about which nothing but its place in the file is known. */
export function blankJob(job: Job): JobTranscript {
  return {
    id: job.id,
    name: job.name === null || String(job.name).includes("${{") ? job.id : String(job.name),
    needs: job.needs,
    matrix: null,
    condition: { text: job.condition ?? "success()", result: null },
    concurrency: null,
    permissions: {},
    environment: null,
    oidcSubject: null,
    steps: [],
    outputs: {},
    summary: "",
    annotations: [],
    warnings: [],
    result: "skipped",
    why: null,
  };
}

/** Why GitHub would not begin with the job's first step, or null. */
export function refusalOf(plan: JobTranscript, workflowGroup: Concurrency | null, job: Job): string | null {
  if (plan.environment?.allowed === false) return plan.environment.why;
  if (plan.concurrency && plan.concurrency.group === workflowGroup?.group) {
    return `it waits for itself: job and workflow are both in the concurrency group ${plan.concurrency.group}`;
  }
  if (plan.concurrency?.cancelInProgress && plan.concurrency.queue === "max") {
    return "queue: max and cancel-in-progress: true exclude each other";
  }
  if (job.uses !== null) return `reusable workflows are not rehearsed: ${job.uses}`;
  return job.containers ? "containers and services are not rehearsed" : null;
}

function environmentOf(job: Job, scope: Scope, { event, environments }: JobFacts): JobTranscript["environment"] {
  if (job.environment === null) return null;
  const name = resolveText(job.environment.name, scope);
  return name === "" ? null : { name, url: null, ...admit(environments, name, event.ref) };
}
