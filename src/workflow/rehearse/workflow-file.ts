import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parse } from "yaml";
import { isObject, type Json, type JsonObject, listOf, objectOf, textsOf } from "./json.js";

/** A workflow file in one shape, whichever short form it is written in; expressions are not evaluated yet. */
export type Workflow = {
  path: string;
  name: string;
  runName: Json;
  /** Event → its filters. */
  on: Record<string, Json>;
  env: Json;
  permissions: Json | undefined;
  concurrency: Json | undefined;
  shell: Json;
  workingDirectory: Json;
  jobs: Job[];
};

export type Job = {
  id: string;
  name: Json;
  needs: string[];
  condition: string | null;
  /** A reusable workflow in place of steps. */
  uses: string | null;
  /** It asks for containers, which only GitHub has. */
  containers: boolean;
  matrix: Json | undefined;
  failFast: Json;
  env: Json;
  permissions: Json | undefined;
  concurrency: Json | undefined;
  environment: { name: Json; url: Json } | null;
  outputs: Json;
  continueOnError: Json;
  timeoutMinutes: Json;
  shell: Json;
  workingDirectory: Json;
  steps: Step[];
};

export type Step = {
  id: string | null;
  name: Json;
  condition: string | null;
  uses: string | null;
  with: Json;
  run: Json;
  shell: Json;
  workingDirectory: Json;
  env: Json;
  continueOnError: Json;
  timeoutMinutes: Json;
};

/** `problems` are GitHub's: a file with one of them starts nothing. */
export type ParsedWorkflow = { workflow: Workflow | null; problems: string[] };

/**
 * Reads a workflow file. GitHub's own parser judges it; the values are read apart from that, because its tree keeps
 * the indentation of block texts that hold expressions.
 */
export async function parseWorkflowFile(path: string, text: string): Promise<ParsedWorkflow> {
  const problems = await problemsOf(path, text);
  if (problems.length > 0) return { workflow: null, problems };
  return { workflow: workflowOf(path, objectOf(parse(text) as Json)), problems };
}

async function problemsOf(path: string, text: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

function workflowOf(path: string, root: JsonObject): Workflow {
  const defaults = objectOf(objectOf(root.defaults).run);
  return {
    path,
    name: typeof root.name === "string" ? root.name : path,
    runName: root["run-name"] ?? null,
    on: isObject(root.on) ? root.on : Object.fromEntries(textsOf(root.on).map((event) => [event, null])),
    env: root.env ?? null,
    permissions: root.permissions,
    concurrency: root.concurrency,
    shell: defaults.shell ?? null,
    workingDirectory: defaults["working-directory"] ?? null,
    jobs: Object.entries(objectOf(root.jobs)).map(([id, job]) => jobOf(id, objectOf(job))),
  };
}

function jobOf(id: string, job: JsonObject): Job {
  const strategy = objectOf(job.strategy);
  const defaults = objectOf(objectOf(job.defaults).run);
  return {
    id,
    name: job.name ?? null,
    needs: textsOf(job.needs),
    condition: conditionOf(job.if),
    uses: typeof job.uses === "string" ? job.uses : null,
    containers: job.container !== undefined || job.services !== undefined,
    matrix: strategy.matrix,
    failFast: strategy["fail-fast"] ?? true,
    env: job.env ?? null,
    permissions: job.permissions,
    concurrency: job.concurrency,
    environment: environmentOf(job.environment),
    outputs: job.outputs ?? null,
    continueOnError: job["continue-on-error"] ?? false,
    timeoutMinutes: job["timeout-minutes"] ?? null,
    shell: defaults.shell ?? null,
    workingDirectory: defaults["working-directory"] ?? null,
    steps: stepsOf(job.steps),
  };
}

function environmentOf(value: Json | undefined): Job["environment"] {
  if (value === undefined || value === null) return null;
  return isObject(value) ? { name: value.name ?? null, url: value.url ?? null } : { name: value, url: null };
}

/** The steps of a job or of a composite action. */
export function stepsOf(value: Json | undefined): Step[] {
  return listOf(value).map((item) => {
    const step = objectOf(item);
    return {
      id: typeof step.id === "string" ? step.id : null,
      name: step.name ?? null,
      condition: conditionOf(step.if),
      uses: typeof step.uses === "string" ? step.uses : null,
      with: step.with ?? null,
      run: step.run ?? null,
      shell: step.shell ?? null,
      workingDirectory: step["working-directory"] ?? null,
      env: step.env ?? null,
      continueOnError: step["continue-on-error"] ?? false,
      timeoutMinutes: step["timeout-minutes"] ?? null,
    };
  });
}

function conditionOf(value: Json | undefined): string | null {
  return value === undefined || value === null || value === "" ? null : String(value);
}
