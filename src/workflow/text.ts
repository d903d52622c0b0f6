/** Moves every line that is not empty to the right. */
export function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(columns));
}

/** Joins blocks of lines with one empty line between them. */
export function paragraphs(blocks: readonly string[]): string {
  return blocks.map((block) => block.trimEnd()).join("\n\n");
}

const PLAIN = /^[a-z][\w./*-]*$/i;
const OTHER_TYPE = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** A text as a YAML scalar: plain where that is safe, else in single quotes. */
export function scalar(text: string): string {
  return PLAIN.test(text) && !OTHER_TYPE.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** A branch as a filter pattern that matches it alone. */
export function literalPattern(branch: string): string {
  return branch.replace(/^!|[+()|]/g, "\\$&");
}

/** An expression as GitHub evaluates it inside a value; of several lines, each on its own. */
export function expression(text: string): string {
  return text.includes("\n") ? `\${{\n${indent(text, 2)}\n}}` : `\${{ ${text} }}`;
}

/** `key: value`, as a folded block when the value has several lines. */
export function entry(key: string, value: string): string {
  return value.includes("\n") ? `${key}: >-\n${indent(value, 2)}` : `${key}: ${value}`;
}
