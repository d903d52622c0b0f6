import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { deadline } from "../src/deadline.js";

const ended = (signal: AbortSignal) => new Promise((resolve) => signal.addEventListener("abort", resolve));

test("ends when the time is over, and says so", async () => {
  const signal = deadline(20);
  await ended(signal);
  expect(signal.reason).toMatchObject({ name: "TimeoutError", message: "no end within 20 ms" });
});

test("ends with the first of the others, for its reason", () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const signal = deadline(60_000, one.signal, two.signal);
  expect(signal.aborted).toBe(false);
  two.abort("enough");
  expect([signal.aborted, signal.reason]).toEqual([true, "enough"]);
  expect(deadline(60_000, two.signal).aborted).toBe(true);
});

/** Nothing but the listener is left of the signal when garbage is collected. */
const COLLECTED = `
  const other = new AbortController();
  let fired = false;
  (() => { make(100, other.signal).addEventListener("abort", () => { fired = true; }); })();
  setTimeout(() => globalThis.gc(), 20);
  setTimeout(() => globalThis.gc(), 50);
  setTimeout(() => console.log(fired), 400);
`;
const run = (make: string) =>
  execFileSync(process.execPath, ["--expose-gc", "--eval", `const make = ${make};\n${COLLECTED}`], {
    encoding: "utf8",
  });

test("ends after a garbage collection too", () => {
  expect(run(deadline.toString())).toBe("true\n");
});
