import { isMap, isSeq, parseDocument, type YAMLSeq } from "yaml";
import { indent } from "./text.js";

export const DEPENDABOT_FILE = ".github/dependabot.yml";

/**
 * Entries below `updates:` that keep what workflows run up to date. A release waits a week: a hijacked one is mostly
 * found out by then.
 */
const ENTRIES = [
  { ecosystem: "github-actions", directory: "/" },
  { ecosystem: "npm", directory: "/infra" },
];
type Entry = (typeof ENTRIES)[number];

/** All of them as YAML, for people who have to add them by hand. */
export const DEPENDABOT_ENTRIES = ENTRIES.map(entryText).join("");

/** The whole file, for a repository that has none. */
export function renderDependabot(): { path: string; text: string } {
  const about = "# A release waits a week before it is offered: a hijacked one is mostly found out by then.\n";
  return { path: DEPENDABOT_FILE, text: `${about}version: 2\nupdates:\n${indented(DEPENDABOT_ENTRIES, 2)}` };
}

/**
 * An existing file with the entries that it lacks at the end of its list, and every other character as it was; null
 * when they cannot be added so. An entry for the same packages in the same folder is the user's, whatever it says.
 */
export function mergeDependabot(text: string): string | null {
  const document = parseDocument(text);
  const updates = document.get("updates");
  if (document.errors.length > 0 || !isSeq(updates)) return null;
  const missing = ENTRIES.filter((entry) => !hasEntry(updates, entry));
  if (missing.length === 0) return text;
  const merged = withEntries(text, updates, missing);
  return isWhole(merged, updates.items.length + missing.length) ? merged : null;
}

function withEntries(text: string, { range }: YAMLSeq, missing: Entry[]): string {
  const [start, end] = range ?? [0, 0];
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const lastLineEnd = text.indexOf("\n", text.slice(0, end).trimEnd().length);
  const at = lastLineEnd < 0 ? text.length : lastLineEnd + 1;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const added = indented(missing.map(entryText).join(""), column).replaceAll("\n", lineEnd);
  return `${text.slice(0, at)}${lastLineEnd < 0 ? lineEnd : ""}${added}${text.slice(at)}`;
}

/** A list in braces, or one that something follows on the same lines, does not take lines at its end. */
function isWhole(text: string, entries: number): boolean {
  const document = parseDocument(text);
  const updates = document.get("updates");
  if (document.errors.length > 0 || !isSeq(updates) || updates.items.length !== entries) return false;
  return ENTRIES.every((entry) => hasEntry(updates, entry));
}

function hasEntry(updates: YAMLSeq, { ecosystem, directory }: Entry): boolean {
  return updates.items.some((item) => {
    if (!isMap(item)) return false;
    const { directory: one, directories = [one] } = item.toJSON() as { directory?: string; directories?: string[] };
    const same = (folder = "") => `/${folder.replace(/^\/|\/$/g, "")}` === directory;
    return item.get("package-ecosystem") === ecosystem && directories.some(same);
  });
}

function entryText({ ecosystem, directory }: Entry): string {
  return `- package-ecosystem: ${ecosystem}
  directory: ${directory}
  schedule:
    interval: weekly
  cooldown:
    default-days: 7
`;
}

function indented(lines: string, columns: number): string {
  return `${indent(lines.trimEnd(), columns)}\n`;
}
