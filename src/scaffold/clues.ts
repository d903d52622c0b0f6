import type { Listing } from "./listing.js";

/** Something found in a file, and the words that show it. */
export type Clue<T> = { value: T; file: string; shown: string };

export type PortClue = Clue<number> & {
  /** The app does not read PORT: it listens there whatever it is told. */
  fixed: boolean;
};

const PORT_OR_DEFAULT: RegExp[] = [
  /\bPORT\b["'\])]*\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b/, // process.env.PORT || 3000
  /\bPORT["']\s*,\s*["']?(\d{2,5})\b/, // os.environ.get("PORT", "8000")
  /\bPORT\s*=\s*["']?(\d{2,5})\b/, // { PORT = 3000 } = process.env
  /\bPORT\b["'\])]*\s*\?\s*[^:\n]{1,80}:\s*["']?(\d{2,5})\b/, // process.env.PORT ? Number(process.env.PORT) : 3000
];
const FIXED_PORT: RegExp[] = [/\.listen\(\s*(\d{2,5})\b/, /\bport\s*[:=]\s*(\d{2,5})\b/];
const SHOWN_LENGTH = 48;

/** The port that an app listens on when nothing tells it another, by what its entry file says. */
export function portInSource(files: Listing, file: string | null): PortClue | null {
  const text = file === null ? null : files.text(file);
  if (file === null || text === null) return null;
  const code = withoutComments(text);
  for (const pattern of PORT_OR_DEFAULT) {
    const found = pattern.exec(code);
    if (found && isPort(found[1])) return { value: Number(found[1]), file, shown: lineAt(code, found), fixed: false };
  }
  if (/\bPORT\b/.test(code)) return null;
  for (const pattern of FIXED_PORT) {
    const found = pattern.exec(code);
    if (found && isPort(found[1])) return { value: Number(found[1]), file, shown: lineAt(code, found), fixed: true };
  }
  return null;
}

/** The port that flags of a start command name: `next start -p 3000`, `uvicorn --port 8000`, `gunicorn -b :8000`. */
export function portInCommand(command: string): number | null {
  const found = /(?:--port|-p|--bind|-b)[=\s]+["']?(?:[\w.]*:)?(\d{2,5})\b|^PORT=(\d{2,5})\b|\sPORT=(\d{2,5})\b/.exec(
    command,
  );
  const port = found?.[1] ?? found?.[2] ?? found?.[3];
  return isPort(port) ? Number(port) : null;
}

/** The first of the usual health routes that a source file answers. */
export function healthInSource(files: Listing, file: string | null): Clue<string> | null {
  const text = file === null ? null : files.text(file);
  if (file === null || text === null) return null;
  const found = /["'`](\/(?:healthz|health|livez))\/?["'`]/.exec(withoutComments(text));
  return found?.[1] ? { value: found[1], file, shown: found[1] } : null;
}

function isPort(text: string | undefined): boolean {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** Lines that are only a comment count for nothing; the rest keeps its place. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:\/\/|#|\*|\/\*).*$/gm, "");
}

/** The line of a match, or as much of it around the match as fits. */
function lineAt(code: string, found: RegExpExecArray): string {
  const start = code.lastIndexOf("\n", found.index) + 1;
  const end = code.indexOf("\n", found.index);
  const line = code.slice(start, end < 0 ? code.length : end).trim();
  return line.length > SHOWN_LENGTH ? `…${found[0].slice(0, SHOWN_LENGTH)}…` : line;
}
