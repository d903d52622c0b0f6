import type { LintFile } from "./file.js";
import type { Path, Problem } from "./finding.js";
import type { Moment } from "./moments.js";
import type { LintProject } from "./situations.js";

/** What a rule looks at: a file, and its jobs in every situation. */
export type Subject = {
  file: LintFile;
  moments: Moment[];
  project: LintProject;
  /** Titles of the situations in which some file, this one or another, creates or updates an environment. */
  updated: ReadonlySet<string>;
};

export type Rule = {
  /** Kebab-case; stable, people write it into their scripts. */
  id: string;
  /** What can happen when it is broken. */
  why: string;
  check(subject: Subject): Problem[];
};

/** The first problem of each kind at each place: ten situations that show one mistake are one finding. */
export function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ at, fix }) => {
    const key = JSON.stringify([at, fix]);
    return !seen.has(key) && seen.add(key);
  });
}

export function jobPath(id: string, ...rest: (string | number)[]): Path {
  return ["jobs", id, ...rest];
}
