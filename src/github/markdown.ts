/** Text from outside (branches, addresses, messages) made into Markdown that says it and nothing else. Pure. */

/** A word as a code span. */
export function code(text: string): string {
  const inner = harmless(text).replace(/\s+/g, " ");
  const fence = "`".repeat(longestRun(inner) + 1);
  const edge = inner.startsWith("`") || inner.endsWith("`") || inner === "" ? " " : "";
  return `${fence}${edge}${inner}${edge}${fence}`;
}

/** A code span inside a table: there a bar ends the cell even within code. */
export function codeCell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** Lines as they are, in a block. */
export function codeBlock(lines: string[]): string {
  const inner = harmless(lines.join("\n"));
  const fence = "`".repeat(Math.max(3, longestRun(inner) + 1));
  return `${fence}text\n${inner}\n${fence}`;
}

/** Words in a table cell or a sentence: nothing in them is Markdown, HTML, a mention or a link. */
export function words(text: string): string {
  return harmless(text)
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#+!|~<>&]/g, (found) => `\\${found}`)
    .replace(/@(?=\w)/g, "@\u200b")
    .replaceAll("://", ":\u200b//");
}

/** A sentence of ours, in which backticks stand around commands; between them it is words. */
export function prose(text: string): string {
  const parts = text.split("`");
  // An odd backtick opens nothing.
  const whole = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join("`")];
  return whole.map((part, index) => (index % 2 === 1 ? code(part) : words(part))).join("");
}

/** A link that cannot be ended from inside; only http and https lead anywhere. */
export function link(text: string, url: string): string {
  return isWebAddress(url) ? `[${text}](<${url}>)` : text;
}

/** An address as a link that shows itself. */
export function address(url: string): string {
  return isWebAddress(url) ? `<${url}>` : code(url);
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s<>\\]+$/.test(url);
}

/** No control characters, and no comment that could be taken for one of ours. */
function harmless(text: string): string {
  return text.replace(/(?![\t\n])\p{Cc}/gu, "\ufffd").replaceAll("<!--", "<\u200b!--");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
