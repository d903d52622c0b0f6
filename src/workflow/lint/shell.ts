/** A script with its lines joined where they go on, and without lines that are comments. */
export function codeOf(script: string): string {
  return script.replace(/\\\n/g, " ").replace(/^\s*#.*$/gm, "");
}

/** Where a shell expands a variable and then splits what it finds into words. */
export function splitsVariable(script: string, name: string): boolean {
  const text = withoutHereDocuments(script);
  const uses = text.matchAll(new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`, "g"));
  return [...uses].some(({ index }) => isSplit(text, index));
}

/** The text of a here document is not split. */
function withoutHereDocuments(script: string): string {
  return script.replace(/<<-?\s*(['"]?)(\w+)\1[\s\S]*?^\s*\2$/gm, "");
}

function isSplit(text: string, at: number): boolean {
  if (quotesAround(text, at).length > 0) return false;
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  const inTest = before.lastIndexOf("[[ ") > before.lastIndexOf(" ]]");
  const assigned = /(?:^|[\s;])\w+=$/.test(before);
  return !inTest && !assigned && !/\bcase\s+$/.test(before);
}

/** The quotes that are open at a place, innermost last; a command substitution begins anew. */
function quotesAround(text: string, at: number): string[] {
  const levels: string[][] = [[]];
  for (let index = 0; index < at; index++) {
    const open = levels.at(-1) ?? [];
    const character = text[index] ?? "";
    const quote = open.at(-1);
    if (character === "\\" && quote !== "'") index++;
    else if (quote === "'") {
      if (character === "'") open.pop();
    } else if (text.startsWith("$(", index)) {
      levels.push([]);
      index++;
    } else if (character === ")" && levels.length > 1 && quote === undefined) levels.pop();
    else if (character === '"') {
      if (quote === '"') open.pop();
      else open.push('"');
    } else if (character === "'" && quote === undefined) open.push("'");
  }
  return levels.at(-1) ?? [];
}
