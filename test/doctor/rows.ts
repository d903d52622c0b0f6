import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { Facts } from "../../src/doctor/facts.js";

/** What is the matter, the facts with it, and what the check then says. */
export type Row = [what: string, facts: Facts, check: string, status: string, line: string, fix?: string];

/** Judges the facts of every row: one of the check's findings says the line, and what mends it. */
export function testRows(rows: Row[]): void {
  test.each(rows)("%s", (_, facts, check, status, line, fix) => {
    const found = diagnose(facts).filter((finding) => finding.check === check && finding.status === status);
    const said = found.filter((finding) => finding.line.includes(line));
    expect(said, JSON.stringify(diagnose(facts).filter((finding) => finding.check === check))).not.toEqual([]);
    if (fix !== undefined) expect(said.some((finding) => finding.fix?.includes(fix))).toBe(true);
    expect(found.every((finding) => (finding.fix === null) === ["ok", "skipped"].includes(finding.status))).toBe(true);
  });
}
