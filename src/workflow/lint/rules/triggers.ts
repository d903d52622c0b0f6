import { BRANCH_PREFIX } from "../../../naming/envId.js";
import { objectOf, textsOf } from "../../rehearse/json.js";
import { decideStart } from "../../rehearse/triggers.js";
import { commandsIn } from "../commands.js";
import type { Path, Problem } from "../finding.js";
import type { Moment } from "../moments.js";
import { jobPath, once, type Rule, type Subject } from "../rule.js";
import { type Situation, situationsOf } from "../situations.js";

export const dangerousTrigger: Rule = {
  id: "dangerous-trigger",
  why: "It runs with the rights of the default branch on what a stranger sent: one mistake later that is a way in.",
  check: ({ file }) =>
    Object.keys(file.workflow.on)
      .filter((event) => ["pull_request_target", "workflow_run", "issue_comment"].includes(event))
      .map((event) => ({
        at: ["on", event],
        message: `${event} starts a workflow of environments`,
        fix: "use pull_request, and workflow_dispatch for what a maintainer decides",
      })),
};

export const triggers: Rule = {
  id: "triggers",
  why: "A filter that matches nothing is no error to GitHub: nothing starts, and nobody is told.",
  check: (subject) => once([...filterProblems(subject), ...neverStarted(subject), ...neverTrue(subject)]),
};

const FILTERS = ["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"];

function filterProblems({ file }: Subject): Problem[] {
  return Object.entries(file.workflow.on).flatMap(([event, filters]) =>
    FILTERS.flatMap((filter) => {
      const patterns = textsOf(objectOf(filters)[filter]);
      const at: Path = ["on", event, filter];
      return [
        ...patterns.flatMap((pattern, index) => patternProblem(pattern, filter, [...at, index]) ?? []),
        ...(patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"))
          ? [{ at, message: `${filter} only leaves out, so nothing is left`, fix: `begin the list with '**'` }]
          : []),
      ];
    }),
  );
}

function patternProblem(pattern: string, filter: string, at: Path): Problem | null {
  const bare = pattern.replace(/^!/, "");
  if (filter.startsWith("paths")) {
    if (!/^\.?\//.test(bare)) return null;
    return {
      at,
      message: `no path begins with ${bare.startsWith("/") ? "/" : "./"}`,
      fix: `write ${bare.replace(/^\.?\//, "")}`,
    };
  }
  if (!bare.startsWith("refs/")) return null;
  return {
    at,
    message: `${bare} is compared with the short name`,
    fix: `write ${bare.replace(/^refs\/(?:heads|tags)\//, "")}`,
  };
}

/** Events that the file means to take and does not. */
function neverStarted(subject: Subject): Problem[] {
  const { file } = subject;
  const { on, jobs } = file.workflow;
  const verbs = jobs.flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (typeof run === "string" ? commandsIn(run) : [])),
  );
  const problems: Problem[] = [];
  if ("push" in on && verbs.some(({ verb }) => verb === "update")) problems.push(...pushProblems(subject));
  if ("delete" in on && verbs.some(({ verb }) => verb === "destroy")) {
    const taken = subject.moments.some(
      ({ situation, commands }) =>
        situation.event.name === "delete" && situation.branch === "env-alice" && commands.length > 0,
    );
    if (!taken) {
      const fix =
        "compare github.event.ref with the short name, startsWith(github.event.ref, 'env-'); it has no refs/heads/";
      problems.push({ at: ["on", "delete"], message: "the deletion of env-alice destroys nothing", fix });
    }
  }
  if ("create" in on && "push" in on) {
    problems.push({
      at: ["on", "create"],
      message: "a new branch starts it twice: it is created and pushed",
      fix: "leave create out",
    });
  }
  return problems;
}

function pushProblems({ file, project, updated }: Subject): Problem[] {
  const { workflow, text } = file;
  const filters = objectOf(workflow.on.push);
  const patterns = textsOf(filters.branches);
  const meansBranches = patterns.some((pattern) => !pattern.startsWith("!") && pattern.includes(BRANCH_PREFIX));
  const means = (situation: Situation) => {
    const fixed = project.fixed.find(({ branch }) => branch === situation.branch);
    return fixed ? new RegExp(`['"]${fixed.envId}['"]`).test(text) : meansBranches;
  };
  const missed = situationsOf(project).filter(
    (situation) =>
      situation.event.name === "push" &&
      situation.allowed.length > 0 &&
      !updated.has(situation.title) &&
      means(situation) &&
      !decideStart(workflow, situation.event).starts,
  );
  const paths = ["paths", "paths-ignore"].filter((name) => name in filters);
  return [
    ...missed.map(({ title, branch }) => ({
      at: ["on", "push"],
      message: `${title} starts nothing`,
      fix: `add ${branch?.startsWith("env-") ? "env-**" : branch} to its branches`,
    })),
    ...paths.map((name) => ({
      at: ["on", "push", name],
      message: "a new branch at an existing commit changes no path and starts nothing",
      fix: "leave the filter out: paas builds only what has changed",
    })),
  ];
}

/** Conditions on events and activities that never come. */
function neverTrue({ file }: Subject): Problem[] {
  const { on, jobs } = file.workflow;
  const types = objectOf(on.pull_request).types;
  const activities = types === undefined ? ["opened", "synchronize", "reopened"] : textsOf(types);
  const compared = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`\\b${name.replaceAll(".", "\\.")}\\s*==\\s*'([^']*)'`, "g"))].map(
      ([, value = ""]) => value,
    );
  return jobs.flatMap((job) => {
    const conditions: [Path, string | null][] = [
      [jobPath(job.id, "if"), job.condition],
      ...job.steps.map(({ condition }, index): [Path, string | null] => [
        jobPath(job.id, "steps", index, "if"),
        condition,
      ]),
    ];
    return conditions.flatMap(([at, condition]): Problem[] => [
      ...compared(condition ?? "", "github.event_name")
        .filter((event) => !(event in on))
        .map((event) => ({
          at,
          message: `nothing here is started by ${event}`,
          fix: `add ${event} to on:, or take the condition out`,
        })),
      ...compared(condition ?? "", "github.event.action")
        .filter((activity) => "pull_request" in on && Object.keys(on).length === 1 && !activities.includes(activity))
        .map((activity) => ({
          at,
          message: `${activity} is not among the types of pull_request`,
          fix: `add ${activity} to types:`,
        })),
    ]);
  });
}

export const guard: Rule = {
  id: "guard",
  why: "An event that means something else, or nothing, creates or removes an environment.",
  check: (subject) =>
    once(subject.moments.filter(({ situation }) => situation.trusted).flatMap((moment) => guardProblem(moment) ?? [])),
};

function guardProblem({ situation, job, commands }: Moment): Problem | null {
  const wrong = commands.find(({ verb }) => !situation.allowed.includes(verb));
  if (!wrong) return null;
  const at = job.condition === null ? jobPath(job.id) : jobPath(job.id, "if");
  return { at, message: `${situation.title} runs ${wrong.words}`, fix: GUARDS[situation.event.name] };
}

const GUARDS: Record<Moment["situation"]["event"]["name"], string> = {
  push: "add !github.event.deleted to the condition, and leave destroying to the delete event",
  delete: "ask for github.event.ref_type == 'branch' && startsWith(github.event.ref, 'env-')",
  pull_request:
    "ask for the label and the activity: an update when it is there, a removal when it goes or the request is closed",
  schedule: "let the nightly run remove with paas reap, and update nothing",
  workflow_dispatch: "compare inputs.command in the conditions of job and step",
};
