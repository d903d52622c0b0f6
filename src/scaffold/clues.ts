import type { Listing } from "./listing.js";

/** Something found in a file, and the words that show it. */
export type Clue<T> = { value: T; file: string; shown: string };

/** `fixed`: the app listens there whatever PORT says. */
export type PortClue = Clue<number> & { fixed: boolean };

const PORT_OR_DEFAULT: RegExp[] = [
  /\bPORT\b["'\])]*\s*(?:\|\||\?\?|\bor\b)\s*["']?(\d{2,5})\b["']?/, // process.env.PORT || 3000
  /\bPORT["']\s*,\s*["']?(\d{2,5})\b["']?/, // os.environ.get("PORT", "8000")
  /\bPORT\s*=\s*["']?(\d{2,5})\b["']?/, // const { PORT = 3000 } = process.env
  /\bPORT\b["'\])]*\s*\?\s*[^:\n]{1,80}:\s*["']?(\d{2,5})\b/, // process.env.PORT ? Number(process.env.PORT) : 3000
];
const FIXED_PORT: RegExp[] = [/\.listen\(\s*(\d{2,5})\b/, /\bport\s*[:=]\s*(\d{2,5})\b/];
const READS_ENVIRONMENT = /\bprocess\.env\b|\bnode:process\b|\bDeno\.env\b|\benviron\b|\bgetenv\b/;
const SHOWN_LENGTH = 48;

/** The port that an app listens on when nothing tells it another, by what its entry file says. */
export function portInSource(files: Listing, file: string | null): PortClue | null {
  const code = codeOf(files, file);
  if (file === null || code === null) return null;
  const told = READS_ENVIRONMENT.test(code) && /\bPORT\b/.test(code);
  const patterns = told ? PORT_OR_DEFAULT : [...PORT_OR_DEFAULT, ...FIXED_PORT];
  for (const pattern of patterns) {
    const found = pattern.exec(code);
    if (found && isPort(found[1])) return { value: Number(found[1]), file, shown: lineAt(code, found), fixed: !told };
  }
  return null;
}

/** The port that a start command names: `next start -p 3000`, `PORT=3000 node .`, `serve -l ${PORT:-3000}`. */
export function portInCommand(command: string): { value: number; fixed: boolean } | null {
  const byDefault = /\$\{PORT:-(\d{2,5})\}/.exec(command)?.[1];
  if (isPort(byDefault)) return { value: Number(byDefault), fixed: false };
  const named = /(?:^|\s)(?:(?:--port|-p|--bind|-b)[=\s]+["']?(?:[\w.]*:)?|PORT=)(\d{2,5})\b/.exec(command)?.[1];
  return isPort(named) ? { value: Number(named), fixed: true } : null;
}

/** The first of the usual health routes that a source file answers. */
export function healthInSource(files: Listing, file: string | null): Clue<string> | null {
  const found = /["'`](\/(?:healthz|health|livez))\/?["'`]/.exec(codeOf(files, file) ?? "");
  return file !== null && found?.[1] ? { value: found[1], file, shown: found[1] } : null;
}

function isPort(text: string | undefined): boolean {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** The text of a file without the lines that are only a comment. */
function codeOf(files: Listing, file: string | null): string | null {
  const text = file === null ? null : files.text(file);
  return text === null ? null : text.replace(/^[ \t]*(?:\/\/|#|\*|\/\*).*$/gm, "");
}

/** The line of a match, or as much of it around the match as fits. */
function lineAt(code: string, found: RegExpExecArray): string {
  const start = code.lastIndexOf("\n", found.index) + 1;
  const end = code.indexOf("\n", found.index);
  const line = code
    .slice(start, end < 0 ? code.length : end)
    .trim()
    .replace(/;$/, "");
  return line.length > SHOWN_LENGTH ? `…${found[0].slice(0, SHOWN_LENGTH)}…` : line;
}
