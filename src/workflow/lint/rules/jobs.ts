import { isObject, type Json, objectOf } from "../../rehearse/json.js";
import { partsOf } from "../../rehearse/templates.js";
import type { Job } from "../../rehearse/workflow-file.js";
import { commandsIn } from "../commands.js";
import type { Path, Problem } from "../finding.js";
import { jobPath, type Rule } from "../rule.js";

/** What a job of environments may write: its own token, what it shows, and what it says. */
const WRITABLE = ["id-token", "deployments", "statuses", "pull-requests", "issues", "checks"];

export const permissions: Rule = {
  id: "permissions",
  why: "Whatever runs in a job can use its token, packages and builds included.",
  check: ({ file }) => [
    ...topProblems(file.workflow.permissions),
    ...file.workflow.jobs.flatMap(({ id, permissions }) => jobProblems(jobPath(id, "permissions"), id, permissions)),
  ],
};

function topProblems(block: Json | undefined): Problem[] {
  if (block === undefined || block === null) {
    return [
      { at: [], message: "jobs get what the repository gives by default", fix: "write permissions: {} above jobs:" },
    ];
  }
  const writes = isObject(block) ? Object.values(block).includes("write") : true;
  if (!writes) return [];
  return [
    {
      at: ["permissions"],
      message: "every job may write",
      fix: "write permissions: {}, and grant what a job needs in that job",
    },
  ];
}

function jobProblems(at: Path, id: string, block: Json | undefined): Problem[] {
  if (typeof block === "string") {
    return [{ at, message: `job ${id} gets ${block}`, fix: "name the scopes that it needs, one by one" }];
  }
  return Object.entries(objectOf(block))
    .filter(([scope, level]) => level === "write" && !WRITABLE.includes(scope))
    .map(([scope]) => ({
      at: [...at, scope],
      message: `job ${id} may write ${scope}`,
      fix: `take it out, or write ${scope}: read`,
    }));
}

/** Azure takes up to a quarter of an hour for some things, and a killed apply leaves its lock. */
const LEAST_MINUTES = 15;

export const timeout: Rule = {
  id: "timeout",
  why: "Without a limit a job hangs for six hours and holds its group; with a short one it is killed while it applies.",
  check: ({ file }) =>
    file.workflow.jobs.flatMap((job) => [
      ...(job.uses === null ? jobTimeout(job) : []),
      ...job.steps.flatMap(({ timeoutMinutes, run }, index) => {
        const at = jobPath(job.id, "steps", index, "timeout-minutes");
        return changesSomething(run) && isShort(timeoutMinutes) ? [tooShort(at, "the step")] : [];
      }),
    ]),
};

function jobTimeout(job: Job): Problem[] {
  const { id, timeoutMinutes, steps } = job;
  if (timeoutMinutes === null) {
    return [{ at: jobPath(id), message: `job ${id} has no limit of time`, fix: "write timeout-minutes:" }];
  }
  const at = jobPath(id, "timeout-minutes");
  if (typeof timeoutMinutes === "number" && timeoutMinutes > 360) {
    return [{ at, message: `GitHub ends job ${id} after 360 minutes`, fix: "write 60" }];
  }
  return steps.some(({ run }) => changesSomething(run)) && isShort(timeoutMinutes) ? [tooShort(at, `job ${id}`)] : [];
}

function changesSomething(run: Json): boolean {
  return typeof run === "string" && commandsIn(run).some(({ verb }) => verb !== "look");
}

function isShort(minutes: Json): boolean {
  return typeof minutes === "number" && minutes < LEAST_MINUTES;
}

function tooShort(at: Path, what: string): Problem {
  return { at, message: `${what} is killed after less than ${LEAST_MINUTES} minutes`, fix: "write 45" };
}

export const condition: Rule = {
  id: "condition",
  why: "The condition looks as if it kept something out, and does not.",
  check: ({ file }) =>
    file.workflow.jobs.flatMap((job) => [
      ...conditionProblems(
        jobPath(job.id, "if"),
        job.condition,
        job.steps.some(({ run }) => changesSomething(run)),
      ),
      ...job.steps.flatMap(({ condition, run }, index) =>
        conditionProblems(jobPath(job.id, "steps", index, "if"), condition, changesSomething(run)),
      ),
    ]),
};

function conditionProblems(at: Path, text: string | null, changes: boolean): Problem[] {
  if (text === null) return [];
  const parts = text.includes("${{") ? partsOf(text.trim()) : [];
  return [
    ...(parts.length > 1
      ? [
          {
            at,
            message: "text around an expression makes the condition always true",
            fix: "put all of it inside one expression, or leave the braces out",
          },
        ]
      : []),
    ...(/\bcontains\(\s*'[^']*'\s*,/.test(text)
      ? [
          {
            at,
            message: "contains() finds parts of names in a text",
            fix: "give it a list, contains(fromJSON('[\"…\"]'), …), or compare with ==",
          },
        ]
      : []),
    ...(changes && /\balways\(\)/.test(text)
      ? [{ at, message: "always() goes on after a run was cancelled", fix: "write !cancelled()" }]
      : []),
  ];
}
