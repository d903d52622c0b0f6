import { concurrencyOf } from "../concurrency.js";
import { decide, foresee, textRestsOnOutputs } from "../conditions.js";
import { githubContext } from "../contexts.js";
import type { Scope } from "../expressions.js";
import { type EndedJob, type EndedJobs, inOrder, needsContext, statusFor } from "../job-order.js";
import { blankJob } from "../job-plan.js";
import { type Json, objectOf } from "../json.js";
import { type Leg, legsOf } from "../matrix.js";
import { resolve, resolveText, withContexts } from "../templates.js";
import { type JobTranscript, type Status, type WorkflowTranscript, worst } from "../transcript.js";
import type { Start } from "../triggers.js";
import type { Job, Workflow } from "../workflow-file.js";
import { runLeg } from "./job.js";
import type { Stage } from "./runner.js";

/** A workflow that an event has started. */
export type WorkflowRun = {
  stage: Stage;
  workflow: Workflow;
  start: Start;
  /** False to look only. */
  execute: boolean;
  transcript: WorkflowTranscript;
};

/** Runs the jobs one after the other, each after those it needs, and fills the transcript. */
export async function runWorkflow(run: WorkflowRun): Promise<void> {
  const { workflow, transcript } = run;
  const scope = workflowScope(run);
  transcript.runName = workflow.runName === null ? null : resolveText(workflow.runName, scope);
  transcript.concurrency = concurrencyOf(workflow.concurrency, scope);
  const ended: EndedJobs = new Map();
  for (const job of inOrder(workflow.jobs)) ended.set(job.id, await runJob(job, scope, run, ended));
  transcript.result = worst(Array.from(ended.values(), ({ result }) => result));
}

async function runJob(job: Job, outer: Scope, run: WorkflowRun, ended: EndedJobs): Promise<EndedJob> {
  const { stage, transcript, workflow } = run;
  const scope: Scope = {
    ...withContexts(outer, {
      needs: needsContext(job, ended),
      github: { ...objectOf(outer.contexts.github), job: job.id },
    }),
    status: statusFor(job, workflow.jobs, ended, stage.signal.aborted),
  };
  const told = (leg: JobTranscript) => {
    transcript.jobs.push(leg);
    const { name, result: status, why } = leg;
    stage.tell({ kind: "job", workflow: workflow.path, job: name, status, why });
    return leg;
  };
  const notRun = (more: Partial<JobTranscript>): EndedJob => {
    const { result } = told({ ...blankJob(job), ...more });
    return { result, outputs: {} };
  };

  try {
    const condition = run.execute ? decide(job.condition, scope) : foresee(job.condition, scope);
    if (condition.result === false) return notRun({ condition, why: whySkipped(job, scope) });
    if (!run.execute && restsOnOutputs(job.matrix)) {
      return notRun({ condition, result: "planned", why: "its matrix comes from outputs of the jobs before" });
    }
    const legs = await runLegs(job, legsOf(job.matrix && resolve(job.matrix, scope)), scope, run);
    for (const leg of legs) told({ ...leg, condition });
    return endOf(job, legs, scope);
  } catch (error) {
    return notRun({ result: "failure", why: error instanceof Error ? error.message : String(error) });
  }
}

/** The legs of the job; when one fails the others are given up, unless `fail-fast` is off. */
async function runLegs(job: Job, legs: Leg[], outer: Scope, run: WorkflowRun): Promise<JobTranscript[]> {
  const ended: JobTranscript[] = [];
  const failFast = resolve(job.failFast, outer) !== false;
  for (const [index, leg] of legs.entries()) {
    const strategy = { "job-index": index, "job-total": legs.length, "fail-fast": failFast };
    const scope = withContexts(outer, { matrix: leg ?? {}, strategy });
    const givenUp = failFast && ended.some(({ result }) => result === "failure");
    if (givenUp) {
      ended.push({
        ...blankJob(job),
        matrix: leg,
        result: "cancelled",
        why: "another leg failed, and fail-fast is on",
      });
      continue;
    }
    run.stage.tell({ kind: "job", workflow: run.workflow.path, job: job.id, status: "started", why: null });
    ended.push(await runLeg(job, leg, scope, run));
  }
  return ended;
}

/** Of several legs the last one that sets an output wins. */
function endOf(job: Job, legs: JobTranscript[], scope: Scope): EndedJob {
  const tolerant = (leg: JobTranscript) =>
    leg.result === "failure" &&
    resolve(job.continueOnError, withContexts(scope, { matrix: leg.matrix ?? {} })) === true;
  const results = legs.map((leg): Status => (tolerant(leg) ? "success" : leg.result));
  return { result: worst(results), outputs: Object.assign({}, ...legs.map(({ outputs }) => outputs)) };
}

function whySkipped(job: Job, scope: Scope): string {
  const open = Object.entries(objectOf(scope.contexts.needs)).find(([, need]) => objectOf(need).result !== "success");
  if (job.condition === null && open) return `${open[0]} ended with ${String(objectOf(open[1]).result)}`;
  return "its condition is false";
}

function workflowScope({ stage, workflow, start }: WorkflowRun): Scope {
  const { vars, secrets, event } = stage;
  const github = githubContext(workflow, event, start, stage);
  return {
    contexts: {
      github,
      vars,
      inputs: start.inputs,
      // A fork's run has its own token, and nothing else.
      secrets: { ...(event.trusted ? secrets : {}), GITHUB_TOKEN: github.token ?? "" },
    },
    status: { success: true, failure: false, cancelled: false, jobs: {} },
    hashFiles: () => "",
  };
}

function restsOnOutputs(value: Json | undefined): boolean {
  if (typeof value === "string") return textRestsOnOutputs(value);
  return typeof value === "object" && value !== null && Object.values(value).some(restsOnOutputs);
}
