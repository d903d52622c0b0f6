import { expect, test } from "vitest";
import { followed } from "../../src/azure/followed.js";
import type { LogEntry, LogStream } from "../../src/azure/log-stream.js";

/* Streams that end, break and come later, closer together than Azure's do. */

const at = (second: number, text: string): LogEntry => ({ time: `2026-11-21T10:00:0${second}Z`, text });

/** A stream that gives these lines whenever it is opened, then what `end` does. */
const stream = (id: string, lines: LogEntry[], end: (signal: AbortSignal) => unknown = () => {}): LogStream => ({
  id,
  lines: async function* (_tail, _follow, signal) {
    yield* lines;
    await end(signal);
  },
});
const goesOn = (signal: AbortSignal) => new Promise((resolve) => signal.addEventListener("abort", resolve));

/** Follows until a line says `last`; `look` is asked with the number of looks before. */
async function seen(look: (looks: number) => LogStream[]): Promise<string[]> {
  const told = new AbortController();
  let looks = 0;
  const texts: string[] = [];
  for await (const { text } of followed(async () => look(looks++), 10, told.signal, 1)) {
    texts.push(text);
    if (text === "last") told.abort();
  }
  return texts;
}

test("a stream that ends while its replica lives is opened again, and tells nothing twice", async () => {
  const lines = [at(1, "a"), at(1, "b"), at(2, "c"), at(3, "last")];
  expect(await seen((looks) => [stream("one", lines.slice(0, looks < 3 ? 2 : 4))])).toEqual(["a", "b", "c", "last"]);
});

test("of a second that was told in part, the rest is told when the stream is opened again", async () => {
  const lines = [at(1, "a"), at(1, "b"), at(1, "c"), at(2, "last")];
  expect(await seen((looks) => [stream("one", lines.slice(0, looks < 3 ? 2 : 4))])).toEqual(["a", "b", "c", "last"]);
});

test("one more instance is heard while the first goes on", async () => {
  const first = stream("one", [at(1, "a")], goesOn);
  expect(await seen((looks) => (looks < 2 ? [first] : [first, stream("two", [at(1, "last")])]))).toEqual(["a", "last"]);
});

test("a replica that is gone since the look ends nothing, one that stays and refuses does", async () => {
  const refusing = stream("two", [], () => {
    throw new Error("refused");
  });
  expect(await seen((looks) => (looks === 0 ? [refusing] : [stream("one", [at(1, "last")])]))).toEqual(["last"]);
  await expect(seen(() => [stream("one", [at(1, "a")], goesOn), refusing])).rejects.toThrow("refused");
});

test("a look that fails ends nothing while something is followed, else it is told", async () => {
  let speak = () => {};
  const late: LogStream = {
    id: "one",
    lines: async function* () {
      yield at(1, "a");
      await new Promise<void>((resolve) => {
        speak = resolve;
      });
      yield at(2, "last");
    },
  };
  const failing = (looks: number) => {
    if (looks === 0) return [late];
    if (looks === 2) speak();
    throw new Error("no answer");
  };
  expect(await seen(failing)).toEqual(["a", "last"]);
  await expect(seen(() => failing(1))).rejects.toThrow("no answer");
});
