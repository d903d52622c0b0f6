import { fixedEnvironments } from "../manifest/environments.js";
import type { FixedEnvironment, Manifest } from "../manifest/manifest.js";
import { BRANCH_PREFIX } from "../naming/envId.js";
import { SHARED } from "./github-environments.js";
import { indent } from "./text.js";

/**
 * Expressions that lead from an event to the branch that it is about and to the GitHub environment of its job.
 * A run by hand names an environment by id or branch (`inputs.environment`); on other events that input is empty.
 * GitHub compares texts without regard to case: `env-Dev` is taken for `env-dev` here, and is then stopped by the
 * rules of the GitHub environment.
 */

/** Fixed environments whose branch is not simply `env-<id>`. */
function following(manifest: Manifest): FixedEnvironment[] {
  return fixedEnvironments(manifest).filter(({ envId, branch }) => branch !== `${BRANCH_PREFIX}${envId}`);
}

/** Branches that are environments although they do not begin with `env-`. */
export function otherBranches(manifest: Manifest): FixedEnvironment[] {
  return fixedEnvironments(manifest).filter(({ branch }) => !branch.startsWith(BRANCH_PREFIX));
}

/**
 * The branch that a job is about, without `${{ }}`.
 * @param otherwise the expression of the branch when no environment was named
 */
export function branchExpression(manifest: Manifest, otherwise: string): string {
  return [`!inputs.environment && ${otherwise}`, ...namedBranches(manifest)].join(" ||\n");
}

/** The branch of the environment that was named by hand, empty when none was: GitHub then takes what was pushed. */
export function namedBranch(manifest: Manifest): string {
  return `inputs.environment && (\n${indent(namedBranches(manifest).join(" ||\n"), 2)}\n)`;
}

function namedBranches(manifest: Manifest): string[] {
  const rows = following(manifest).map(({ envId, branch }): Row => [envId, branch]);
  return [
    ...(rows.length > 0 ? [`fromJSON('{ ${rows.map(rowText).join(", ")} }')[inputs.environment]`] : []),
    `startsWith(inputs.environment, '${BRANCH_PREFIX}') && inputs.environment`,
    `format('${BRANCH_PREFIX}{0}', inputs.environment)`,
  ];
}

/** The GitHub environment of a job that creates or updates: the fixed one's own, else the one that branches share. */
export function upEnvironment(manifest: Manifest): string {
  const rows = fixedEnvironments(manifest).map((fixed) => [...named(fixed), pushed(fixed)]);
  return `${tableExpression(rows)}[inputs.environment || github.ref] || '${SHARED.branch}'`;
}

/**
 * The GitHub environment of a job that removes. When the branch of a protected one is deleted, nobody shall be asked
 * to approve what is going to be refused: that job gets no more than any other.
 */
export function destroyEnvironment(manifest: Manifest): string {
  const rows = fixedEnvironments(manifest).map((fixed) =>
    fixed.protected ? named(fixed) : [...named(fixed), pushed(fixed)],
  );
  const subject = "inputs.environment || format('refs/heads/{0}', github.event.ref)";
  return `${tableExpression(rows)}[${subject}] || '${SHARED.destroy}'`;
}

type Row = [key: string, value: string];

function named({ envId, branch }: FixedEnvironment): Row[] {
  const byBranch: Row[] = branch.startsWith(BRANCH_PREFIX) ? [[branch, envId]] : [];
  return [[envId, envId], ...byBranch];
}

function pushed({ envId, branch }: FixedEnvironment): Row {
  return [`refs/heads/${branch}`, envId];
}

function tableExpression(lines: Row[][]): string {
  const text = lines.map((rows) => rows.map(rowText).join(", ")).join(",\n");
  return `fromJSON('{\n${indent(text, 2)}\n}')`;
}

function rowText([key, value]: Row): string {
  return `${jsonText(key)}: ${jsonText(value)}`;
}

/** JSON that can stand inside a literal of an expression: whatever means something there is escaped. */
export function jsonText(text: string): string {
  const escaped = [...text].map((character) =>
    /[\w./@#=,~-]/.test(character)
      ? character
      : Array.from({ length: character.length }, (_, index) => unicode(character.charCodeAt(index))).join(""),
  );
  return `"${escaped.join("")}"`;
}

function unicode(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
