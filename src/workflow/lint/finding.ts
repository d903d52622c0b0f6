/** A place in a workflow file and what is wrong there; lines and columns count from 1. */
export type Finding = {
  file: string;
  line: number;
  column: number;
  /** Id of the rule, kebab-case. */
  rule: string;
  message: string;
  /** What can happen when it stays. */
  why: string;
  /** What to write. */
  fix: string;
};

/** Keys and indexes that lead into a workflow file, `["jobs", "up", "steps", 2, "run"]`. */
export type Path = readonly (string | number)[];

/** What a rule found, before it has a file and a line. */
export type Problem = {
  at: Path;
  /** Which of the expressions at that place, in their order; the place itself without it. */
  expression?: number;
  message: string;
  fix: string;
};
