import { AZURE } from "./checks/azure.js";
import { GITHUB } from "./checks/github.js";
import { PROJECT } from "./checks/project.js";
import { TOOLS } from "./checks/tools.js";
import type { Facts } from "./facts.js";
import { type Check, STATUSES, type Status, type Verdict } from "./verdict.js";

/** Everything that doctor looks at, in the order in which it is told. */
export const CHECKS: readonly Check[] = [...TOOLS, ...PROJECT, ...AZURE, ...GITHUB];

/** A verdict and what it is about. */
export type Finding = Verdict & { check: string; title: string };

/** Judges everything that was gathered. */
export function diagnose(facts: Facts): Finding[] {
  return CHECKS.flatMap(({ id, title, judge }) =>
    [judge(facts)].flat().map((verdict) => ({ check: id, title, ...verdict })),
  );
}

/** How many findings there are of each kind. */
export function countsOf(findings: readonly Finding[]): Record<Status, number> {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>;
}
