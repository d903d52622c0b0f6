/** Where GitHub looks for them; the first that is there counts. */
export const CODEOWNERS_FILES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Paths whose change is a change of what runs with credentials. */
const GUARDED = ["/.github/", "/infra/vendor/", "/infra/package-lock.json", "/infra/.terraform.lock.hcl", "/paas.yaml"];

/**
 * Lines for CODEOWNERS, offered by `init`: with a ruleset that asks for a review by owners, nobody changes alone what
 * runs with credentials on the default branch.
 * @param owners `@org/team` or `@user`, one or more
 */
export function codeownersLines(owners: readonly string[]): string {
  return linesFor(GUARDED, owners);
}

/** The text with lines for the paths that have none of their own. The last line that matches a path counts. */
export function mergeCodeowners(text: string, owners: readonly string[]): string {
  const missing = unowned(text);
  if (missing.length === 0) return text;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const base = text === "" || text.endsWith("\n") ? text : `${text}${end}`;
  return `${base}${linesFor(missing, owners).replaceAll("\n", end)}`;
}

/** Guarded paths that no line of a CODEOWNERS file is about. */
export function unowned(text: string): string[] {
  const owned = new Set(text.split(/\r?\n/).map((line) => bare(line.trim().split(/\s/)[0] ?? "")));
  return GUARDED.filter((path) => !owned.has(bare(path)));
}

/** Why a text names no owner, or undefined when it names one. */
export function ownerProblem(text: string): string | undefined {
  const fits = /^@[\w.-]+(?:\/[\w.-]+)?$|^[^\s@#]+@[^\s@#]+$/.test(text);
  return fits ? undefined : "@user, @organisation/team or the address of a user";
}

function linesFor(paths: readonly string[], owners: readonly string[]): string {
  const width = Math.max(...paths.map((path) => path.length));
  return paths.map((path) => `${path.padEnd(width)} ${owners.join(" ")}\n`).join("");
}

function bare(path: string): string {
  return path.replace(/^\/|\/$/g, "");
}
