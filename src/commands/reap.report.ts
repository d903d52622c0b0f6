import { ALWAYS_ALLOWED, type Verdict } from "../environment/reap.js";
import { EXIT, PaasError } from "../errors.js";
import { leftOverSummary } from "../github/nightly.js";
import type { Tools } from "../tools.js";
import { table } from "../ui/table.js";
import { count } from "../ui/wording.js";
import type { Reaped, ReapOptions } from "./reap.run.js";

/** Most that a matrix of GitHub's takes. */
const MATRIX_LIMIT = 256;
const DEFAULT_SHARE = 50;

/**
 * Percent that `--max-share` means.
 * @throws PaasError `usage`
 */
export function maxShareOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SHARE;
  const share = Number(text.replace(/%$/, ""));
  if (Number.isInteger(share) && share >= 0 && share <= 100) return share;
  throw new PaasError("usage", `--max-share ${text} is no share`, {
    details: ["allowed: whole percents from 0 to 100"],
    next: "for example `--max-share 80`",
    exit: EXIT.usage,
  });
}

/** Prints what would be removed; in a workflow also as the step's output `environments`, for a matrix. */
export async function showLeftOver(verdicts: Verdict[], options: ReapOptions, tools: Tools): Promise<void> {
  const { ui } = tools;
  const leftOver = verdicts.filter(({ action }) => action === "remove");
  const kept = verdicts.filter(({ action }) => action === "keep");
  const context = await tools.actions();
  if (context && ui.actions) {
    const rows = leftOver.slice(0, MATRIX_LIMIT).map(({ envId, branch }) => ({ envId, branch }));
    await ui.actions.outputs(context.files.outputs, { environments: JSON.stringify(rows) });
    await ui.actions.summary(context.files.summary, () => leftOverSummary(leftOver));
  }
  if (leftOver.length === 0) ui.note("nothing is left over");
  const rows = leftOver.map(({ envId, branch, why }) => [envId, branch, why]);
  const text = leftOver.length === 0 ? "" : table(["ENVIRONMENT", "BRANCH", "WHY"], rows, ui.width);
  ui.result(options, { environments: leftOver.map(publicOf), kept: kept.map(publicOf) }, text);
}

export function showRemoved(reaped: Reaped[], options: ReapOptions, { ui }: Pick<Tools, "ui">): void {
  if (reaped.length === 0 && !options.environment) ui.note("nothing was left over");
  const environments = reaped.map((one) => ({ ...publicOf(one), status: one.status }));
  const removed = reaped.filter(({ status }) => status === "removed");
  ui.result(options, { environments }, removed.map(({ envId, why }) => `${envId} is removed: ${why}`).join("\n"));
}

function publicOf({ envId, branch, reason, why }: Verdict) {
  return { envId, branch, reason, why };
}

export function tooManyAtOnce(leftOver: Verdict[], verdicts: Verdict[], share: number): PaasError {
  const open = verdicts.filter(({ reason }) => reason !== "protected").length;
  const found = `${leftOver.length} of ${count(open, "environment")} would go at once`;
  return new PaasError("too-many-at-once", `nothing is removed: ${found}`, {
    details: [
      `more than ${share} % (and more than ${ALWAYS_ALLOWED}) at once may be a mistake`,
      ...leftOver.map(({ envId, why }) => `${envId}: ${why}`),
    ],
    next: "if they are really left over: `paas reap --max-share 100`",
    exit: EXIT.refused,
  });
}

export function notAllRemoved(failures: { envId: string; error: PaasError }[], reaped: Reaped[]): PaasError {
  const removed = reaped.filter(({ status }) => status === "removed").map(({ envId }) => envId);
  return new PaasError("reap-incomplete", `${count(failures.length, "environment")} could not be removed`, {
    details: [
      ...failures.map(({ envId, error }) => `${envId}: ${error.message} [${error.code}]`),
      ...(removed.length > 0 ? [`removed: ${removed.join(", ")}`] : []),
    ],
    next: "mend that and run it again: what was begun goes on where it stopped",
  });
}
