import { code, link } from "./markdown.js";
import { planTable } from "./plan-table.js";
import type { Report } from "./run.js";
import { facts, failureText, heading } from "./summary.js";

/** GitHub refuses a comment from this many characters on. */
export const COMMENT_LIMIT = 65_536;

/** What one section may take: the plan and the preview of a pull request fit side by side. */
const SECTION_ROOM = 30_000;

/** First line of our comment; it does not show. */
const MARKER = "<!-- paas -->";
const OPEN = /^<!-- paas:section ([\w:-]+) -->$/;
const CLOSE = "<!-- paas:end -->";

/** One environment's plan, or what became of it: each run replaces its own and leaves the others. */
export type Section = { key: string; text: string };

/** The section that a run writes. */
export function sectionOf(report: Report): Section {
  const { run } = report;
  const key = `${run.operation === "plan" ? "plan" : "environment"}:${run.envId}`;
  return { key, text: textOf(report) };
}

/** True for a comment that begins like ours. */
export function isMarked(body: string): boolean {
  return body.startsWith(MARKER);
}

/** The comment with a section put in its place, or behind the others; never longer than GitHub takes. */
export function withSection(body: string | null, section: Section): string {
  const before = body === null ? [] : sectionsOf(body);
  const known = before.some(({ key }) => key === section.key);
  const sections = known ? before.map((old) => (old.key === section.key ? section : old)) : [...before, section];
  return render(fitting(sections, section.key));
}

function textOf(report: Report): string {
  const { run, result, runUrl } = report;
  const parts = [`### ${heading(report)}`];
  if ("failure" in result) parts.push(failureText(result.failure));
  else if (run.operation === "plan") parts.push(planTable(result.outcome.changes ?? [], SECTION_ROOM - 2000));
  if (run.operation === "plan") parts.push(`Commit ${code((run.commit ?? "").slice(0, 8))} · ${link("log", runUrl)}`);
  else parts.push(facts(report));
  const text = parts.join("\n\n");
  if (text.length <= SECTION_ROOM) return text;
  // Cut at a line's end: half a line may be half a code span, and what follows would read as part of it.
  const kept = text.slice(0, text.lastIndexOf("\n", SECTION_ROOM - 500));
  return `${kept}${closingFence(kept)}\n\nCut here: ${link("the log", runUrl)} has the rest.`;
}

/** What a cut inside a block needs, so that the block ends. */
function closingFence(text: string): string {
  const fences = [...text.matchAll(/^(`{3,})/gm)].map(([, fence]) => fence ?? "");
  return fences.length % 2 === 1 ? `\n${fences.at(-1)}` : "";
}

/** What does not fit goes, but for the section that is written now. */
function fitting(sections: Section[], keep: string): Section[] {
  const kept = [...sections];
  while (render(kept).length >= COMMENT_LIMIT) {
    const index = kept.findIndex(({ key }) => key !== keep);
    if (index < 0) break;
    kept.splice(index, 1);
  }
  return kept;
}

function render(sections: Section[]): string {
  const texts = sections.map(({ key, text }) => `<!-- paas:section ${key} -->\n${text}\n${CLOSE}`);
  return [MARKER, ...texts].join("\n\n");
}

function sectionsOf(body: string): Section[] {
  const sections: Section[] = [];
  let open: { key: string; lines: string[] } | null = null;
  for (const line of body.split(/\r?\n/)) {
    const key = OPEN.exec(line)?.[1];
    if (key !== undefined) open = { key, lines: [] };
    else if (line === CLOSE && open) {
      sections.push({ key: open.key, text: open.lines.join("\n") });
      open = null;
    } else open?.lines.push(line);
  }
  return sections;
}
