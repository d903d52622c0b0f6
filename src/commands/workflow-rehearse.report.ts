import type { Palette } from "../ui/palette.js";
import { duration, shortCommit } from "../ui/wording.js";
import {
  type ApiCall,
  type JobTranscript,
  loggedText,
  type Progress,
  type Status,
  type StepTranscript,
  type Transcript,
  type WorkflowTranscript,
} from "../workflow/rehearse/transcript.js";

const MARKS: Record<Status, string> = { success: "✓", failure: "✗", cancelled: "■", skipped: "–", planned: "○" };

/** A rehearsal as people read it, its limits at the end. */
export function reportText({ event, workflows, calls, limits, ran }: Transcript, palette: Palette): string {
  const about = [event.name, event.action, event.ref, `(${shortCommit(event.sha)})`].filter(Boolean).join(" ");
  const kept = ran ? "Limits of a rehearsal:" : "Nothing was run. Limits of a rehearsal:";
  return [
    palette.strong(about),
    ...workflows.map((workflow) => workflowText(workflow, palette)),
    ...(calls.length > 0 ? [["GitHub was asked, or told:", ...calls.map(callText)].join("\n")] : []),
    palette.faint([kept, ...limits.map((limit) => `  ${limit}`)].join("\n")),
  ].join("\n\n");
}

/** One line of what is going on, for stderr; null for what only the report tells. */
export function progressLine(progress: Progress, palette: Palette): string | null {
  switch (progress.kind) {
    case "workflow":
      return progress.starts ? `${progress.workflow} starts: ${progress.why}` : null;
    case "job":
      return progress.status === "started" ? palette.strong(`  ${progress.job}`) : null;
    case "step":
      return progress.status === "skipped" ? null : `  ${mark(progress.status, palette)} ${progress.step}`;
    case "line":
      return palette.faint(`    ${loggedText(progress)}`);
  }
}

function workflowText(workflow: WorkflowTranscript, palette: Palette): string {
  const { path, name, runName, starts, why, problems, concurrency, jobs, result } = workflow;
  if (!starts) return [`${palette.faint("·")} ${path}: does not start, ${why}`, ...indented(problems, 2)].join("\n");
  const group = concurrency ? [`  group        ${groupText(concurrency)}`] : [];
  const title = `${mark(result ?? "skipped", palette)} ${palette.strong(path)}  ${runName ?? name}`;
  return [title, `  ${palette.faint(why)}`, ...group, ...jobs.map((job) => jobText(job, palette))].join("\n");
}

function jobText(job: JobTranscript, palette: Palette): string {
  const { name, result, why, condition } = job;
  const reason = why === null ? "" : `  ${palette.faint(why)}`;
  const title = `  ${mark(result, palette)} ${name}${reason}`;
  if (result === "skipped") return `${title}\n${row("condition", condition.text.replace(/\s+/g, " "))}`;
  return [
    title,
    ...factsOf(job).map(([noun, fact]) => row(noun, fact)),
    ...job.steps.map((step) => stepText(step, palette)),
    ...resultsOf(job).map(([noun, fact]) => row(noun, fact)),
  ].join("\n");
}

function callText({ method, path, status }: ApiCall): string {
  return `  ${method.padEnd(5)} ${path} ${status}`;
}

type Row = [noun: string, fact: string];

function factsOf({ condition, concurrency, permissions, environment, oidcSubject }: JobTranscript): Row[] {
  const granted = Object.entries(permissions).map(([scope, level]) => `${scope}: ${level}`);
  const open = condition.result === null ? " (depends on outputs)" : "";
  return [
    ["condition", `${condition.text.replace(/\s+/g, " ")}${open}`],
    ...(concurrency ? [["group", groupText(concurrency)] as Row] : []),
    ["permissions", granted.join(", ") || "none"],
    ...(environment ? [["environment", `${environment.name} (${environment.why})`] as Row] : []),
    ...(environment?.url ? [["url", environment.url] as Row] : []),
    ...(oidcSubject
      ? ([
          ["subject", oidcSubject.classic],
          ["or", oidcSubject.immutable],
        ] as Row[])
      : []),
  ];
}

function resultsOf({ outputs, summary, annotations, warnings }: JobTranscript): Row[] {
  return [
    ...Object.entries(outputs).map(([name, value]): Row => ["output", `${name}=${value}`]),
    ...annotations.map(({ level, message, file, line }): Row => {
      const place = file === null ? "" : `${file}${line === null ? "" : `:${line}`} `;
      return [level, `${place}${message}`];
    }),
    ...warnings.map((warning): Row => ["note", warning]),
    ...summary
      .trimEnd()
      .split("\n")
      .filter(Boolean)
      .map((line): Row => ["summary", line]),
  ];
}

function stepText({ name, status, tolerated, log, duration: time }: StepTranscript, palette: Palette): string {
  const took = status === "planned" || status === "skipped" ? "" : `  ${palette.faint(duration(time))}`;
  // A commit in full says nothing more to people.
  const short = name.replace(/@([0-9a-f]{7})[0-9a-f]{33}\b/, "@$1");
  const title = `      ${mark(status, palette)} ${short}${took}${tolerated ? "  (tolerated)" : ""}`;
  const LAST_LINES = 20;
  return [title, ...(status === "failure" ? indented(log.slice(-LAST_LINES), 10) : [])].join("\n");
}

function groupText({ group, queue, cancelInProgress }: NonNullable<JobTranscript["concurrency"]>): string {
  if (cancelInProgress) return `${group} (a newer run cancels this one)`;
  return `${group} (${queue === "max" ? "up to 100 wait" : "one waits, a newer one takes its place"})`;
}

function mark(status: Status, palette: Palette): string {
  const paint = { success: palette.good, failure: palette.bad, cancelled: palette.warn };
  const colour = status === "skipped" || status === "planned" ? palette.faint : paint[status];
  return colour(MARKS[status]);
}

function row(noun: string, fact: string): string {
  return `      ${noun.padEnd(12)} ${fact}`;
}

function indented(lines: string[], columns: number): string[] {
  return lines.map((line) => `${" ".repeat(columns)}${line}`);
}
