import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";

type Change = {
  /** `environment` for paas-environment.yml. */
  file: "environment" | "pull-request" | "nightly";
  find: string;
  replace: string;
};

/** A change of a generated file that breaks a rule. */
export type Mistake = Change & { rule: string };

const FIXTURES = path.join(import.meta.dirname, "../fixtures/workflows");

export const MISTAKES: Mistake[] = Object.entries<Change[]>(
  parse(fs.readFileSync(path.join(FIXTURES, "mistakes.yml"), "utf8")),
).flatMap(([rule, changes]) => changes.map((change) => ({ rule, ...change })));

/** The generated file with the mistake in it. */
export function withMistake({ file, find, replace }: Mistake): { path: string; text: string } {
  const text = fs.readFileSync(path.join(FIXTURES, "golden", `paas-${file}.yml`), "utf8");
  if (!text.includes(find)) throw new Error(`paas-${file}.yml has no ${JSON.stringify(find)}`);
  return { path: `.github/workflows/paas-${file}.yml`, text: text.replace(find, () => replace) };
}
