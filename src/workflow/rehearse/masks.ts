const STARS = "***";

/** Values that must not be seen: each is replaced wherever it shows, line by line. */
export type Masks = {
  add(value: string): void;
  hide(text: string): string;
  /** True when something in the text would be hidden. */
  touches(text: string): boolean;
};

export function createMasks(values: string[]): Masks {
  const known = new Set<string>();
  const add = (value: string) => {
    for (const line of value.split(/\r?\n/)) if (line.trim() !== "") known.add(line);
  };
  for (const value of values) add(value);
  // The longest first, so that no end of a value is left over when another is a part of it.
  const longestFirst = () => [...known].sort((left, right) => right.length - left.length);
  return {
    add,
    hide: (text) => longestFirst().reduce((hidden, value) => hidden.replaceAll(value, STARS), text),
    touches: (text) => longestFirst().some((value) => text.includes(value)),
  };
}
