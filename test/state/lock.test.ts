import { expect, test } from "vitest";
import { environmentLocked, environmentOf, holderWords } from "../../src/state/lock.js";

const holder = {
  who: "runner",
  host: "fv-az12",
  pid: 4711,
  operation: "up",
  since: "2026-11-21T14:02:33.000Z",
  run: "8812",
  commit: null,
};
const now = new Date("2026-11-21T15:00:00Z");

test("says who holds an environment and what to do", () => {
  expect(environmentLocked("alice", holder, 0, now)).toMatchObject({
    code: "environment-locked",
    exit: 6,
    message: "environment alice is locked",
    details: ["held by runner@fv-az12 since 14:02 UTC (up, run 8812)"],
    next: "wait for that run, or `paas unlock alice` once it has ended",
  });
});

test.each([
  [{ ...holder, run: null }, "runner@fv-az12 since 14:02 UTC (up, process 4711)"],
  [{ ...holder, since: "2026-11-20T23:59:00.000Z" }, "runner@fv-az12 since 2026-11-20 23:59 UTC (up, run 8812)"],
  [null, "a run that has not said who it is"],
])("words %#", (who, words) => {
  expect(holderWords(who, now)).toBe(words);
});

test("tells how long it waited", () => {
  expect(environmentLocked("alice", holder, 30_000, now).details).toContain("waited 30 s for it");
});

test("an environment is named by its record", () => {
  expect(environmentOf({ container: "c", key: "envs/a.json.b.json" })).toBe("a.json.b");
});
