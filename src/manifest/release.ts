/** Milliseconds that a release command may take, on every cloud. */
export const RELEASE_LIMIT = 10 * 60_000;

/** The words of a command, or what stands in it that only a shell understands. */
export type Command = { words: string[] } | { refused: string };

const OPERATORS = /^(?:&&|\|\||>>|<<|[;&|<>$`(){}*?~\n])/;

/**
 * Splits a command line into words as a shell would, with '…', "…" and backslash, and nothing else of a shell:
 * operators, variables and patterns are refused, because no shell will read them.
 */
export function splitCommand(line: string): Command {
  const words: string[] = [];
  let word: string | null = null;
  let rest = line.trim();
  while (rest !== "") {
    const space = /^\s+/.exec(rest)?.[0];
    const operator = OPERATORS.exec(rest)?.[0];
    const quoted = /^'([^']*)'|^"((?:[^"\\$`]|\\.)*)"/s.exec(rest);
    const escaped = /^\\(.)/s.exec(rest);
    if (space?.includes("\n")) return { refused: "a line break" };
    if (operator) return { refused: operator };
    if (space) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quoted) word = (word ?? "") + (quoted[1] ?? (quoted[2] ?? "").replace(/\\(["\\$`])/g, "$1"));
    else if (escaped) word = (word ?? "") + escaped[1];
    else if (/^["'\\]/.test(rest)) return { refused: openQuote(rest) };
    else word = (word ?? "") + rest[0];
    rest = rest.slice((space ?? quoted?.[0] ?? escaped?.[0] ?? "x").length);
  }
  return { words: word === null ? words : [...words, word] };
}

function openQuote(rest: string): string {
  const inside = /^"(?:[^"\\$`]|\\.)*([$`])/s.exec(rest)?.[1];
  return inside === undefined ? `an open ${rest[0]}` : `${inside} in double quotes`;
}

/** A command line that splits into exactly these words. */
export function joinCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
