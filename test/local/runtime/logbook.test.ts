import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Logbook } from "../../../src/local/runtime/logbook.js";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-logbook-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function texts(log: Logbook, tail: number, follow = false, signal = never): Promise<string[]> {
  const found: string[] = [];
  for await (const { text } of log.read(tail, follow, signal)) found.push(text);
  return found;
}

test("lines come back in order, the last ones on demand, and another logbook finds them", async () => {
  const log = new Logbook(folder, "ca-web");
  log.write("ca-web--1", "one", "two");
  log.write("ca-web--2", "three");
  expect(await texts(log, 10)).toEqual(["one", "two", "three"]);
  expect(await texts(log, 2)).toEqual(["two", "three"]);
  expect(await texts(log, 0)).toEqual([]);
  const [entry] = new Logbook(folder, "ca-web").tail(1);
  expect(entry).toMatchObject({ revision: "ca-web--2", text: "three", time: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(fs.statSync(path.join(folder, "ca-web.log")).mode & 0o777).toBe(0o600);
});

test("the files stay within their limit, and the newest lines are kept", () => {
  const log = new Logbook(folder, "ca-web", 2000);
  for (let count = 1; count <= 500; count++) log.write("r", `line ${count}`);
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  expect(sizes).toHaveLength(2);
  expect(Math.max(...sizes)).toBeLessThan(2200);
  const last = log.tail(25).map(({ text }) => text);
  expect(last).toEqual(Array.from({ length: 25 }, (_, index) => `line ${476 + index}`));
});

test("a follower gets what was and what comes, each once, until it leaves", async () => {
  const log = new Logbook(folder, "ca-web");
  log.write("r", "before");
  const leave = new AbortController();
  const reading = texts(log, 10, true, leave.signal);
  log.write("r", "after 1", "after 2");
  setImmediate(() => leave.abort());
  expect(await reading).toEqual(["before", "after 1", "after 2"]);
});

test("removing the log ends its followers and forgets every file", async () => {
  const log = new Logbook(folder, "ca-web", 10);
  log.write("r", "first");
  log.write("r", "second");
  const reading = texts(log, 10, true);
  setImmediate(() => log.remove());
  expect(await reading).toEqual(["first", "second"]);
  log.write("r", "too late");
  expect(fs.readdirSync(folder)).toEqual([]);
});

test("output is cut into lines wherever its pieces end, and characters are not", async () => {
  const log = new Logbook(folder, "ca-web");
  const output = new PassThrough();
  log.collect("r", output);
  const bytes = Buffer.from("one\nzwölf\r\n\nlast");
  for (const byte of bytes) output.write(Buffer.from([byte]));
  output.end("x".repeat(40_000));
  await new Promise((resolve) => output.once("end", resolve));
  const found = log.tail(100).map(({ text }) => text);
  expect(found.slice(0, 3)).toEqual(["one", "zwölf", ""]);
  expect(found.slice(3).join("")).toBe(`last${"x".repeat(40_000)}`);
  expect(Math.max(...found.map((text) => text.length))).toBeLessThanOrEqual(16_000);
});

test("half a line at the end, from a daemon that was killed, is skipped", () => {
  const log = new Logbook(folder, "ca-web");
  log.write("r", "whole");
  fs.appendFileSync(path.join(folder, "ca-web.log"), '{"time":"2026');
  const next = new Logbook(folder, "ca-web");
  next.write("r", "later");
  expect(next.tail(10).map(({ text }) => text)).toEqual(["whole", "later"]);
});
