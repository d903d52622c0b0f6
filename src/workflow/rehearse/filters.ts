/**
 * GitHub's filter patterns for branches, tags and paths: `*` stays within a segment, `**` does not, `?` and `+` repeat
 * the character before them, `[]` is one of a set, a backslash takes the meaning away.
 */
export function matchesPattern(pattern: string, value: string): boolean {
  return new RegExp(`^${expressionOf(pattern)}$`).test(value);
}

/** The last pattern that matches decides; `!` before it means no. A list of nothing but `!` matches nothing. */
export function matchesList(patterns: string[], value: string): boolean {
  const decides = patterns.findLast((pattern) => matchesPattern(pattern.replace(/^!/, ""), value));
  return decides !== undefined && !decides.startsWith("!");
}

const TOKEN = /\\.|\*\*+\/?|\*|\[[^\]]+\]|[?+]|./gs;

function expressionOf(pattern: string): string {
  return Array.from(pattern.matchAll(TOKEN), ({ 0: token, index }) => {
    if (token.startsWith("\\") && token.length === 2) return quoted(token.slice(1));
    if (token.startsWith("**")) return anyDepth(token, pattern[index - 1]);
    if (token === "*") return "[^/]*";
    if (token === "?" || token === "+") return token;
    if (token.startsWith("[") && token.length > 2) return token.replace(/[\\^]/g, "\\$&");
    return quoted(token);
  }).join("");
}

/** A `**` and its slash may stand for nothing at all, but only as a whole segment. */
function anyDepth(token: string, before: string | undefined): string {
  if (!token.endsWith("/")) return ".*";
  return before === undefined || before === "/" ? "(?:.*/)?" : ".*/";
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
