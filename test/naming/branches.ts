/** Branch names for the property test: reproducible, distinct, and as nasty as git admits. */

const HOSTILE = [..."abcZzÀéßİıKk日😀🇩🇪/-_.0129$(){}]`;|&<>\"'!#%=,@+", "env-", "pr-12", "--", "con", "alice", "Alice"];
const SEPARATORS = [..."/_.!$();&"];
const NO_LETTER = [..."日本語😀🎉$(){}];|&<>'\"!#%=,@+_./-"];

/** A generator of numbers from 0 to below `limit` that gives the same ones every time. */
export function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Shell syntax, unicode, case pairs, repeated prefixes, up to 244 bytes. */
export function hostileBranches(count: number): Set<string> {
  const below = randomBelow(1);
  return distinct(count, () => {
    const words = below(20) === 0 ? 60 + below(120) : 1 + below(12);
    return clipped(`env-${text(HOSTILE, words, below)}`, 244);
  });
}

/** All of these have the slug `feature-login`. */
export function sameSlugBranches(count: number): Set<string> {
  const below = randomBelow(2);
  const cased = (word: string) => [...word].map((letter) => (below(2) ? letter.toUpperCase() : letter)).join("");
  return distinct(count, () => `env-${cased("feature")}${text(SEPARATORS, 1 + below(5), below)}${cased("login")}`);
}

/** None of these has a letter or digit that a slug could keep. */
export function emptySlugBranches(count: number): Set<string> {
  const below = randomBelow(3);
  return distinct(count, () => `env-${text(NO_LETTER, 1 + below(30), below)}`);
}

function text(alphabet: string[], length: number, below: (limit: number) => number): string {
  return Array.from({ length }, () => alphabet[below(alphabet.length)]).join("");
}

function distinct(count: number, make: () => string): Set<string> {
  const made = new Set<string>();
  while (made.size < count) made.add(make());
  return made;
}

function clipped(branch: string, bytes: number): string {
  let kept = "";
  let size = 0;
  for (const character of branch) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    kept += character;
  }
  return kept;
}
