import { concernsEnvironments } from "../concerns.js";
import { type LintFile, type Refusal, readLintFile } from "./file.js";
import type { Finding, Problem } from "./finding.js";
import { type Moment, momentsOf } from "./moments.js";
import type { Rule, Subject } from "./rule.js";
import { RULES } from "./rules.js";
import { type LintProject, situationsOf } from "./situations.js";

export type LintRequest = {
  /** Workflow files, by their path in the repository. */
  files: { path: string; text: string }[];
  project: LintProject;
};

export type LintReport = {
  findings: Finding[];
  /** Files that were held against the rules. */
  checked: string[];
  /** Files that have nothing to do with environments. */
  others: string[];
};

/** Holds workflow files against the rules that keep environments of branches safe. */
export async function lintWorkflows({ files, project }: LintRequest): Promise<LintReport> {
  const read = await Promise.all(
    files.map(async ({ path, text }) => ({ path, text, file: await readLintFile(path, text) })),
  );
  const isChecked = ({ path, text, file }: (typeof read)[number]) =>
    concernsEnvironments({ path, text, workflow: Array.isArray(file) ? null : file.workflow }, project.fixed);
  const checked = read.filter(isChecked);
  const situations = situationsOf(project);
  const subjects = checked.flatMap(({ file }) =>
    Array.isArray(file) ? [] : [{ file, moments: momentsOf(file.workflow, situations) }],
  );
  const updated = updatedIn(subjects.flatMap(({ moments }) => moments));
  const findings = [
    ...checked.flatMap(({ path, file }) => (Array.isArray(file) ? refused(path, file) : [])),
    ...subjects.flatMap((subject) => findingsIn({ ...subject, project, updated })),
  ];
  return {
    findings: findings.sort(inOrder),
    checked: checked.map(({ path }) => path),
    others: read.filter((one) => !isChecked(one)).map(({ path }) => path),
  };
}

function updatedIn(moments: readonly Moment[]): Set<string> {
  const updating = moments.filter(({ commands }) => commands.some(({ verb }) => verb === "update"));
  return new Set(updating.map(({ situation }) => situation.title));
}

function findingsIn(subject: Subject): Finding[] {
  return RULES.flatMap((rule) => rule.check(subject).map((problem) => findingOf(problem, rule, subject.file)));
}

function findingOf({ at, expression, message, fix }: Problem, { id, why }: Rule, file: LintFile): Finding {
  const inside = expression === undefined ? undefined : file.expressionPlaces(at)[expression];
  return { file: file.path, ...(inside ?? file.place(at)), rule: id, message, why, fix };
}

function refused(path: string, refusals: Refusal[]): Finding[] {
  return refusals.map(({ line, column, message }) => ({
    file: path,
    line,
    column,
    rule: "syntax",
    message,
    why: "GitHub does not start a workflow file that it cannot read.",
    fix: "see GitHub's workflow syntax for what is allowed there",
  }));
}

function inOrder(left: Finding, right: Finding): number {
  return left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column;
}
