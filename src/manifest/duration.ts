const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNITS;

/** `90s`, `15m`, `7d`: a whole number and a unit of s, m, h, d, w. */
export const DURATION = /^([1-9][0-9]{0,5})([smhdw])$/;

/** Milliseconds of a text that matches `DURATION`. */
export function milliseconds(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new RangeError(`not a duration: ${text}`);
  return Number(amount) * UNITS[unit as Unit];
}

/** The text that reads back as these milliseconds (a whole number of seconds), in days at most, as lifetimes are told. */
export function durationText(time: number): string {
  const largestFirst = (["d", "h", "m", "s"] as const).map((unit) => [unit, UNITS[unit]] as const);
  const [unit, size] = largestFirst.find(([, length]) => time % length === 0) ?? (["s", UNITS.s] as const);
  return `${time / size}${unit}`;
}
