/** How durations, counts and times read everywhere. Pure. */

/** `0.4s`, `12s`, `3m 05s` from milliseconds. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}

/** `1 service`, `2 services`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A commit as people read it. */
export function shortCommit(sha: string): string {
  return sha.slice(0, 8);
}

/** `2 h ago`, `in 6 d` between two instants. */
export function relative(to: Date, now: Date): string {
  const difference = to.getTime() - now.getTime();
  const seconds = Math.abs(difference) / 1000;
  const [amount, unit] =
    seconds < 90
      ? [Math.round(seconds), "s"]
      : seconds < 5400
        ? [Math.round(seconds / 60), "min"]
        : seconds < 129_600
          ? [Math.round(seconds / 3600), "h"]
          : [Math.round(seconds / 86_400), "d"];
  return difference < 0 ? `${amount} ${unit} ago` : `in ${amount} ${unit}`;
}

/** Control characters, with a colour (SGR) as one find, and what reverses the direction of text; tabs and lines stay. */
const CONTROLS = /\p{Cc}\[[0-9;]*m|(?![\t\n])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const COLOUR = "\u001b[";

/** A word as it can be pasted into a shell, quoted where it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Text from outside (branch names, commit subjects, app output) made safe for a terminal; colours stay. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (found) => (found.startsWith(COLOUR) ? found : "\ufffd"));
}
