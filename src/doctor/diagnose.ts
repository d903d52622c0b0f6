import { AZURE, SIGN_IN } from "./checks/azure.js";
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
  return CHECKS.flatMap((check) => {
    const { id, title, judge } = check;
    const verdicts = [judge(facts), ...(AZURE.includes(check) ? elsewhere(check, facts) : [])].flat();
    return verdicts.map((verdict) => ({ check: id, title, ...verdict }));
  });
}

/** The same sign-in works in every subscription of the project; all else is looked at in each. */
function elsewhere({ id, judge }: Check, facts: Facts): Verdict[] {
  if (id === SIGN_IN) return [];
  return facts.elsewhere.flatMap((azure) =>
    [judge({ ...facts, azure })].flat().map((verdict) => {
      return { ...verdict, line: `${azure.tiers.join(", ")}: ${verdict.line}` };
    }),
  );
}

/** How many findings there are of each kind. */
export function countsOf(findings: readonly Finding[]): Record<Status, number> {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>;
}
