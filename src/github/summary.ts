import { duration, shortCommit } from "../ui/wording.js";
import { address, code, codeBlock, codeCell, link, prose, words } from "./markdown.js";
import { changeWords, planTable } from "./plan-table.js";
import type { Failure, Outcome, Report, StepLine } from "./run.js";

/** A summary that is larger than this is dropped by GitHub, in bytes per step of a job. */
export const SUMMARY_LIMIT = 1024 * 1024;

/** Characters of the plan's table; with four bytes for each it still leaves half of the limit to the rest. */
const TABLE_ROOM = 128 * 1024;
/** Rows and lines beyond this help nobody. */
const MOST_STEPS = 200;
const MOST_DETAILS = 60;

const DOING = { up: "Deploying", plan: "Planning", rollback: "Rolling back", destroy: "Destroying" };
const DONE = { up: "up", rollback: "rolled back", destroy: "destroyed" };

/** What a run came to, as the page of the workflow run shows it. */
export function summaryOf(report: Report): string {
  const { result, steps } = report;
  const parts = [
    `## ${heading(report)}`,
    "failure" in result ? failureText(result.failure) : null,
    facts(report),
    "outcome" in result ? changesText(result.outcome) : null,
    steps.length > 0 ? `### Steps\n\n${stepTable(steps)}` : null,
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

/** `Environment alice is up`. */
export function heading({ run, result }: Report): string {
  const name = code(run.envId);
  if ("failure" in result) {
    const doing = DOING[run.operation];
    return result.failure.interrupted ? `${doing} ${name} was interrupted` : `${doing} ${name} failed`;
  }
  if (run.operation === "plan") return `Plan of ${name}: ${changeWords(result.outcome.changes ?? [])}`;
  return `Environment ${name} is ${DONE[run.operation]}`;
}

/** Message, details and next step of an error. */
export function failureText({ code: errorCode, message, details, next }: Failure): string {
  const shown = details.slice(0, MOST_DETAILS);
  const left = details.length - shown.length;
  const lines = left > 0 ? [...shown, `… ${left} more lines in the log`] : shown;
  return [
    `> [!CAUTION]\n> ${prose(message)} (${code(errorCode)})`,
    lines.length > 0 ? codeBlock(lines.map((line) => line.slice(0, 500))) : null,
    next ? `**Next**: ${prose(next)}` : null,
  ]
    .filter((part) => part !== null)
    .join("\n\n");
}

/** The facts of a run as a small table. */
export function facts({ run, result, duration: time, runUrl }: Report): string {
  const outcome = "outcome" in result ? result.outcome : null;
  const rows: [string, string | null][] = [
    ["URL", outcome?.url ? address(outcome.url) : null],
    ["Branch", run.branch === null || run.kind === "preview" ? null : codeCell(run.branch)],
    ["Commit", run.commit === null ? null : codeCell(shortCommit(run.commit))],
    ["Resource group", outcome?.resourceGroup ? codeCell(outcome.resourceGroup) : null],
    ["Duration", `${duration(time)} (${link("log", runUrl)})`],
  ];
  const lines = rows.filter(([, value]) => value !== null).map(([name, value]) => `| ${name} | ${value} |`);
  return ["| | |", "|---|---|", ...lines].join("\n");
}

function changesText({ changes }: Outcome): string | null {
  return changes === null ? null : `### Changes\n\n${planTable(changes, TABLE_ROOM)}`;
}

function stepTable(steps: StepLine[]): string {
  const rows = steps.slice(0, MOST_STEPS).map(({ step, status, detail, duration: time }) => {
    const cells = [words(step), isTrouble(status) ? `**${status}**` : status, words(detail.slice(0, 200))];
    return `| ${[...cells, time === null ? "" : duration(time)].join(" | ")} |`;
  });
  const left = steps.length - rows.length;
  const more = left > 0 ? `\n\n${left} more steps in the log.` : "";
  return `${["| Step | Result | | Time |", "|---|---|---|--:|", ...rows].join("\n")}${more}`;
}

function isTrouble(status: StepLine["status"]): boolean {
  return status === "failed" || status === "unfinished";
}

/**
 * Cuts a summary to what is left of the limit, at the end of a line.
 * @param used bytes that earlier commands of the same step wrote
 */
export function fittingSummary(text: string, used: number, runUrl: string): string {
  const room = SUMMARY_LIMIT - used;
  const bytes = Buffer.from(text);
  if (bytes.length < room) return text;
  const note = `\n\nCut here: ${link("the log", runUrl)} has the rest.\n`;
  const end = bytes.subarray(0, Math.max(0, room - Buffer.byteLength(note) - 1)).lastIndexOf("\n");
  return end <= 0 ? "" : `${bytes.subarray(0, end)}${note}`;
}
