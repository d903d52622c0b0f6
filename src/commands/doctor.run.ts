import { countsOf, diagnose, type Finding } from "../doctor/diagnose.js";
import type { Status } from "../doctor/verdict.js";
import { EXIT } from "../errors.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Palette } from "../ui/palette.js";
import { count } from "../ui/wording.js";
import { type AzureDoor, gatherFacts, realAzure } from "./doctor.gather.js";

export type DoctorOptions = GlobalOptions;
export type DoctorTools = Pick<
  Tools,
  | "ui"
  | "variables"
  | "folder"
  | "signal"
  | "git"
  | "root"
  | "manifest"
  | "cloudName"
  | "runningCloud"
  | "actions"
  | "packageFolder"
>;

/** Looks at everything that a run needs, and says what to mend; exit code 1 when something fails. */
export async function doctor(options: DoctorOptions, tools: DoctorTools, azure: AzureDoor = realAzure): Promise<void> {
  const facts = await gatherFacts(options, tools, azure);
  const findings = diagnose(facts);
  const counts = countsOf(findings);
  const checks = findings.map(({ check, status, line, fix }) => ({ check, status, line, fix }));
  tools.ui.result(
    options,
    { ok: counts.failure === 0, counts, checks },
    reportText(findings, counts, tools.ui.palette),
  );
  if (counts.failure > 0) process.exitCode = EXIT.failed;
}

function reportText(findings: Finding[], counts: Record<Status, number>, palette: Palette): string {
  const rows = [...findings.filter(({ status }) => status !== "skipped"), ...skippedTogether(findings)];
  const widest = Math.max(...findings.map(({ title }) => title.length));
  const lines = rows.flatMap((row, index) => rowLines(row, rows[index - 1]?.title === row.title, widest, palette));
  const { ok, warning, failure, skipped } = counts;
  const summary = [`${ok} ok`, count(warning, "warning"), count(failure, "failure"), `${skipped} skipped`];
  return [...lines, "", summary.join(", ")].join("\n");
}

/** What was skipped for one reason is told in one line, at the end. */
function skippedTogether(findings: Finding[]): Finding[] {
  const reasons = new Map<string, Finding[]>();
  for (const finding of findings.filter(({ status }) => status === "skipped")) {
    reasons.set(finding.line, [...(reasons.get(finding.line) ?? []), finding]);
  }
  return [...reasons.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const also = others.length === 0 ? "" : ` (also ${others.map(({ title }) => title).join(", ")})`;
    return { ...first, line: `${first.line}${also}` };
  });
}

function rowLines({ status, title, line, fix }: Finding, again: boolean, widest: number, palette: Palette): string[] {
  const paint = { ok: palette.good, warning: palette.warn, failure: palette.bad, skipped: palette.faint };
  const row = `${paint[status](status.padEnd(7))}  ${(again ? "" : title).padEnd(widest)}  ${line}`;
  return fix === null ? [row] : [row, `${" ".repeat(widest + 11)}${palette.faint("fix:")} ${fix}`];
}
