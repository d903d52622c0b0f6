import { EXIT, type ExitCode } from "../errors.js";
import type { Explained } from "./explanations/explained.js";
import { GROUPS } from "./explanations/groups.js";
import { IMAGES } from "./explanations/images.js";
import { LIMITS } from "./explanations/limits.js";
import { NAMES } from "./explanations/names.js";
import { NETWORK } from "./explanations/network.js";
import { RIGHTS } from "./explanations/rights.js";
import { SIGN_IN } from "./explanations/sign-in.js";
import { STATE } from "./explanations/state.js";

/** What an error of Azure, Entra or a registry means to somebody who uses paas. */
export type Explanation = {
  /** Code of the PaasError. */
  code: string;
  /** The code that Azure gave, `AADSTS700213`; null where only its words tell. */
  foreign: string | null;
  means: string;
  /** What would be accepted; null where there is nothing to choose. */
  allowed: string | null;
  next: string;
  exit: ExitCode;
};

/** Every error that has an explanation. */
export const EXPLAINED: readonly Explained[] = [
  ...SIGN_IN,
  ...RIGHTS,
  ...NAMES,
  ...LIMITS,
  ...GROUPS,
  ...STATE,
  ...IMAGES,
  ...NETWORK,
];

/** Most of a text that is looked at: the log of a run that failed may be long. */
const MOST_TEXT = 100_000;

/**
 * Finds what an error means.
 * @param text Azure's own words, or those of a tool that passes them on, like Terraform
 * @param codes error codes that are known to be such, the innermost first; the words of the text are tried after them
 * @returns null where the table knows neither code nor words
 */
export function explain(text: string, codes: readonly string[] = []): Explanation | null {
  const looked = text.slice(0, MOST_TEXT);
  const given = [...codes, ...(looked.match(/\b\w{4,}\b/g) ?? [])];
  const foreign = new Set(given);
  const byWords = EXPLAINED.find(
    (row) => row.words?.test(looked) && (row.codes.length === 0 || row.codes.some((code) => foreign.has(code))),
  );
  const row = byWords ?? firstOf(given);
  return row ? explanationOf(row, looked, row.codes.find((code) => foreign.has(code)) ?? null) : null;
}

function firstOf(codes: readonly string[]): Explained | undefined {
  for (const code of codes) {
    const row = BY_CODE.get(code);
    if (row) return row;
  }
  return undefined;
}

/** Rows that their codes alone lead to. */
const BY_CODE = new Map(
  EXPLAINED.filter(({ words }) => words === undefined).flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

function explanationOf(row: Explained, text: string, foreign: string | null): Explanation {
  const found: Found = {};
  for (const pattern of row.reads ?? []) for (const [name, value] of groupsOf(pattern, text)) found[name] ??= value;
  return {
    code: row.code,
    foreign,
    means: filled(row.means, found),
    allowed: row.allowed === undefined ? null : filled(row.allowed, found),
    next: filled(row.next, found),
    exit: row.exit ?? EXIT.failed,
  };
}

type Found = Record<string, string | undefined>;

function groupsOf(pattern: RegExp, text: string): [string, string | undefined][] {
  return Object.entries(pattern.exec(text)?.groups ?? {});
}

/** `{name|what to say where it was not found}` is what the patterns of a row read from the text. */
function filled(template: string, found: Found): string {
  return template.replace(/\{(\w+)\|([^}]*)\}/g, (_, name: string, otherwise: string) => found[name] ?? otherwise);
}
