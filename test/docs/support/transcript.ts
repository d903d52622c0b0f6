/**
 * Compares what a document shows with what was printed. In a document, `…` stands for any text of a line, and a line
 * with nothing else for any lines. What is another one in every run (times, ports, commits, hashes) is the same to both.
 */
export function matches(shown: string, printed: string): boolean {
  return patternOf(plain(shown)).test(plain(printed).join("\n"));
}

/** What differs from run to run, each with the word that stands for it. */
const VARYING: [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<moment>"],
  [/\b\d\d:\d\d:\d\d\b/g, "<clock>"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uuid>"],
  [/\b\d+ (?:s|min) ago/g, "<ago>"],
  [/\b(?:\d+m )?\d+(?:\.\d+)?s\b/g, "<time>"],
  [/\b\d+\.\d+\.\d+\+[0-9a-f]{12}\b/g, "<version>"],
  [/\b\d+(?:\.\d+)? (?:ms|s)\b(?! ago)/g, "<time>"],
  [/\b[0-9a-f]{40,64}\b/g, "<digest>"],
  // Before commits: a hash may have no letter after f.
  [/-[a-z2-7]{8}(?=\b|--)/g, "-<hash>"],
  [/\b[0-9a-f]{8}\b/g, "<commit>"],
  [/\b[0-9a-f]{7}\.\.[0-9a-f]{7}\b/g, "<range>"],
  [/\b[a-z2-7]{26}\b/g, "<project>"],
  [/\bcr[a-z0-9]+(?=\.azurecr\.io)/g, "<registry>"],
  [/((?:localhost|127\.0\.0\.1):)\d+/g, "$1<port>"],
  [/("(?:pid|port|\w+Port|duration)": |\b(?:process|proxy for Terraform on) )\d+/g, "$1<number>"],
  [/ {2,}/g, "  "],
];

/** The lines of a text, without what differs from run to run. */
export function plain(text: string): string[] {
  const lines = text
    .split("\n")
    .map((line) => VARYING.reduce((rest, [pattern, word]) => rest.replace(pattern, word), line).trimEnd())
    .filter((line) => !ONCE.test(line));
  return ordered(lines.join("\n").trim().split("\n"));
}

/** Only where the packages of infra/ are not in the cache yet. */
const ONCE = /^(?:remote: )?✓ install infra\b/;

/** Steps that go side by side end in any order. */
const STEP = /^(?:remote: )?[✓-] /;

function ordered(lines: string[]): string[] {
  const runs: string[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && STEP.test(line) && STEP.test(last[0] ?? "")) last.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => run.sort());
}

function patternOf(lines: string[]): RegExp {
  const parts = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\n)*?" : `${line.split("…").map(escaped).join(".*")}\n`,
  );
  return new RegExp(`^${parts.join("").replace(/\n$/, "")}${parts.at(-1)?.endsWith("*?") ? ".*" : ""}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
