import type { Scope } from "../expressions.js";
import { planJob, refusalOf } from "../job-plan.js";
import { objectOf } from "../json.js";
import type { Leg } from "../matrix.js";
import { outlineSteps } from "../outline.js";
import { minutesOf, resolve, resolveText, resolveTexts, withContexts } from "../templates.js";
import type { JobTranscript, Line, StepTranscript } from "../transcript.js";
import type { Job } from "../workflow-file.js";
import { type Frame, makeRunner, type Runner, stepScope } from "./runner.js";
import { endGroup } from "./shell.js";
import { type Defaults, runStep } from "./step.js";
import type { WorkflowRun } from "./workflow.js";

/** Larger outputs GitHub does not take, in bytes. */
const MOST_OUTPUT = 1024 * 1024;

/** A job that GitHub starts: what is settled before its first step, then its steps, run or only outlined. */
export async function runLeg(job: Job, leg: Leg, scope: Scope, run: WorkflowRun): Promise<JobTranscript> {
  const plan = planJob(job, leg, scope, { ...run.stage, workflow: run.workflow });
  const why = refusalOf(plan, run.transcript.concurrency, job);
  if (why !== null) return { ...plan, result: "failure", why };
  const env = { ...resolveTexts(run.workflow.env, scope) };
  Object.assign(env, resolveTexts(job.env, withContexts(scope, { env })));
  if (!run.execute) return { ...plan, result: "planned", steps: outlineSteps(job.steps, env, scope) };

  const runner = makeRunner(run.stage, plan, scope, minutesOf(job.timeoutMinutes, scope));
  runner.env = env;
  try {
    await runSteps(job, runner, run);
  } catch (error) {
    runner.failed = true;
    plan.why = error instanceof Error ? error.message : String(error);
  } finally {
    for (const group of runner.groups) endGroup(group);
  }
  plan.why ??= runner.cancelled;
  plan.result = runner.cancelled !== null ? "cancelled" : runner.failed ? "failure" : "success";
  return plan;
}

async function runSteps(job: Job, runner: Runner, run: WorkflowRun): Promise<void> {
  const { transcript } = runner;
  const frame: Frame = { steps: {}, inputs: null, env: {}, actionPath: null, failed: false };
  const place = { workflow: run.workflow.path, job: transcript.name };
  const onLine = (by: StepTranscript["kind"]) => (line: Line) =>
    run.stage.tell({ kind: "line", ...place, by, ...line });
  const defaults = defaultsOf(job, run, stepScope(runner, frame, runner.env));
  for (const step of job.steps) {
    const ended = await runStep(step, runner, frame, defaults, onLine(step.uses === null ? "run" : "action"));
    transcript.steps.push(ended);
    run.stage.tell({ kind: "step", ...place, step: ended.name, status: ended.status, duration: ended.duration });
  }
  if (!runner.failed && runner.cancelled === null) {
    const tell = onLine("action");
    for (const { name, run: post } of runner.posts) await post((text) => tell({ step: name, text, source: "output" }));
  }
  publish(job, runner, stepScope(runner, frame, runner.env));
}

/** What a job leaves for others: its environment's URL and its outputs, without what is secret. */
function publish(job: Job, { transcript, masks }: Runner, scope: Scope): void {
  const url = resolveText(job.environment?.url ?? null, scope);
  if (masks.touches(url)) transcript.warnings.push("the environment's url may contain a secret: left out");
  else if (transcript.environment && url !== "") transcript.environment.url = url;
  for (const name of Object.keys(objectOf(job.outputs))) {
    const value = resolveText(objectOf(job.outputs)[name], scope);
    if (Buffer.byteLength(value) > MOST_OUTPUT) throw new Error(`output ${name} is larger than 1 MB`);
    if (masks.touches(value)) transcript.warnings.push(`output ${name} may contain a secret: left out`);
    else if (value !== "") transcript.outputs[name] = value;
  }
}

function defaultsOf(job: Job, { workflow }: WorkflowRun, scope: Scope): Defaults {
  const first = (own: Job["shell"], outer: Job["shell"]) => {
    const value = resolve(own ?? outer, scope);
    return value === null ? null : String(value);
  };
  return {
    shell: first(job.shell, workflow.shell),
    workingDirectory: first(job.workingDirectory, workflow.workingDirectory),
  };
}
