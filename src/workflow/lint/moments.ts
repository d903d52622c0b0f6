import { type Concurrency, concurrencyOf } from "../rehearse/concurrency.js";
import { decide } from "../rehearse/conditions.js";
import { githubContext } from "../rehearse/contexts.js";
import type { Scope } from "../rehearse/expressions.js";
import type { Json, JsonObject } from "../rehearse/json.js";
import { objectOf } from "../rehearse/json.js";
import { resolveText } from "../rehearse/templates.js";
import { decideStart, type Start } from "../rehearse/triggers.js";
import type { Job, Step, Workflow } from "../rehearse/workflow-file.js";
import { inItsWords } from "./by-hand.js";
import { commandsIn, type ScriptCommand } from "./commands.js";
import { REPOSITORY, type Situation } from "./situations.js";

/** A job that runs in a situation, with what GitHub makes of its expressions then. */
export type Moment = {
  situation: Situation;
  job: Job;
  /** What its steps do to environments. */
  commands: ScriptCommand[];
  environment: string | null;
  /** Groups of the job and of the workflow. */
  concurrency: { job: Concurrency | null; workflow: Concurrency | null };
};

const SERVER = { url: "https://github.com", apiUrl: "https://api.github.com" };

/** Every job of a workflow that runs in one of the situations. */
export function momentsOf(workflow: Workflow, situations: readonly Situation[]): Moment[] {
  return situations.flatMap((general) => {
    const situation = inItsWords(general, workflow);
    if (!situation) return [];
    const start = startOf(workflow, situation);
    if (!start.starts) return [];
    return workflow.jobs.flatMap((job) => momentOf(workflow, job, situation, start) ?? []);
  });
}

/**
 * GitHub says both that a push which deletes starts a workflow and that it does not, so it is taken to start one.
 */
function startOf(workflow: Workflow, { event }: Situation): Start {
  const pushed = event.name === "push" ? { ...event, payload: { ...event.payload, deleted: false } } : event;
  return decideStart(workflow, pushed);
}

function momentOf(workflow: Workflow, job: Job, situation: Situation, start: Start): Moment | null {
  const scope = scopeOf(workflow, job, situation, start);
  if (!holds(job.condition, scope)) return null;
  const name = job.environment === null ? "" : resolved(job.environment.name, scope);
  return {
    situation,
    job,
    commands: job.steps.filter((step) => holds(step.condition, scope)).flatMap(commandsOf),
    environment: name === "" ? null : name,
    concurrency: { job: group(job.concurrency, scope), workflow: group(workflow.concurrency, scope) },
  };
}

function commandsOf({ run }: Step): ScriptCommand[] {
  return typeof run === "string" ? commandsIn(run) : [];
}

/**
 * Whether a condition can hold. What only a run can tell may be anything that the condition compares it with, and what
 * GitHub will refuse is taken to hold.
 */
function holds(condition: string | null, scope: Scope): boolean {
  if (condition === null) return true;
  const compared = [...condition.matchAll(/'([^']*)'/g)].map(([, literal = ""]) => literal);
  return [null, ...compared].some((literal) => {
    const told = (context: string) => samples(condition, context, () => literal ?? "something");
    const contexts = { ...scope.contexts, needs: told("needs"), steps: told("steps") };
    try {
      return decide(condition, { ...scope, contexts }).result !== false;
    } catch {
      return true;
    }
  });
}

function resolved(value: Json, scope: Scope): string {
  try {
    return resolveText(value, scope);
  } catch {
    return String(value);
  }
}

function group(value: Json | undefined, scope: Scope): Concurrency | null {
  try {
    return concurrencyOf(value, scope);
  } catch {
    return { group: JSON.stringify(value), cancelInProgress: false, queue: "single" };
  }
}

function scopeOf(workflow: Workflow, job: Job, { event, branch }: Situation, start: Start): Scope {
  const words = JSON.stringify([job.concurrency, job.environment, workflow.concurrency] as Json[]);
  const sample = (name: string) => sampleFor(name, branch ?? "");
  return {
    contexts: {
      github: githubContext(workflow, event, start, { identity: REPOSITORY, server: SERVER }),
      inputs: start.inputs,
      matrix: samples(words, "matrix", sample),
      needs: samples(words, "needs", sample),
      vars: {},
      env: objectOf(workflow.env),
    },
    status: { success: true, failure: false, cancelled: false, jobs: {} },
    hashFiles: () => "",
  };
}

/** Values for everything that a text reads from a context which only a run can fill. */
function samples(text: string, context: string, value: (name: string) => Json): JsonObject {
  const root: JsonObject = {};
  for (const [path] of text.matchAll(new RegExp(`\\b${context}(?:\\.[\\w-]+)+`, "g"))) {
    const steps = path.split(".").slice(1);
    const last = steps.pop() ?? "";
    const holder = steps.reduce((node, step) => {
      const next = objectOf(node[step]);
      node[step] = next;
      return next;
    }, root);
    holder[last] = /^(?:result|outcome|conclusion)$/.test(last) ? "success" : value(last);
  }
  return root;
}

/**
 * Whatever is called branch is the branch, everything else the id: so a group that is made of an id, and is therefore
 * not that of the push, shows.
 */
function sampleFor(name: string, branch: string): string {
  return /branch|ref/i.test(name) ? branch : branch.replace(/^env-/, "");
}
