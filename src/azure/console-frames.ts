/*
 * What travels through the console of a container: each message is a byte for the proxy, for what is forwarded one more
 * for the stream, then the content. Published nowhere but in the source of `az containerapp exec` (azure-cli,
 * containerapp/_ssh_utils.py).
 */
const FORWARD = 0;
const INFO = 1;
const FAILURE = 2;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const RESIZE = 4;

export const CTRL_C = Buffer.from([3]);
export const CTRL_D = Buffer.from([4]);

export type Told =
  | { kind: "stdout" | "stderr"; bytes: Buffer }
  /** `info`: what the proxy does; `failure`: what has gone wrong, or how the command ended. */
  | { kind: "info" | "failure"; text: string };

export function inputFrame(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([FORWARD, STDIN]), bytes]);
}

export function sizeFrame(columns: number, rows: number): Buffer {
  const size = JSON.stringify({ Width: columns, Height: rows });
  return Buffer.concat([Buffer.from([FORWARD, RESIZE]), Buffer.from(size)]);
}

/** Null for a message of a kind that is not known. */
export function readFrame(message: Buffer): Told | null {
  const [proxy, stream] = message;
  if (proxy === INFO) return { kind: "info", text: message.subarray(1).toString("utf8") };
  if (proxy === FAILURE) return { kind: "failure", text: message.subarray(1).toString("utf8") };
  if (proxy !== FORWARD || (stream !== STDOUT && stream !== STDERR)) return null;
  return { kind: stream === STDOUT ? "stdout" : "stderr", bytes: message.subarray(2) };
}

/** Words as the one text that the console takes: it splits at blanks, and knows quotes. */
export function commandText(words: string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return word.includes("'") ? `"${word.replaceAll(/["\\]/g, "\\$&")}"` : `'${word}'`;
}

/**
 * How a command ended, from the failure that the console tells then; null when that is about something else.
 * `…command terminated with non-zero exit code: error executing command [sh], exit code 3, code: 0.`
 */
export function exitCodeIn(failure: string): number | null {
  // The last one: the words before it are the command's.
  const code = [...failure.matchAll(/\bexit code (\d+)/g)].at(-1)?.[1];
  return code === undefined ? null : Number(code);
}
