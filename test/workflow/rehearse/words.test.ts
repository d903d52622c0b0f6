import { expect, test } from "vitest";
import { type EventOptions, parseEvent } from "../../../src/workflow/rehearse/words.js";

const parse = (words: string, options: EventOptions = {}) =>
  parseEvent(words.split(" ").filter(Boolean), options, async () => "topic");
const PULL = { kind: "pull-request", number: 7, head: "topic" };

test.each<[string, EventOptions, object]>([
  ["push env-alice", {}, { kind: "push", branch: "env-alice" }],
  [
    "push env-alice",
    { before: "main", actor: "bob" },
    { kind: "push", branch: "env-alice", before: "main", actor: "bob" },
  ],
  ["delete env-alice", { byToken: true }, { kind: "delete", branch: "env-alice", byToken: true }],
  ["pr 7", {}, { ...PULL, action: "opened", labels: [] }],
  ["pr 7", { label: ["preview"] }, { ...PULL, action: "labeled", label: "preview", labels: [] }],
  ["pr 7", { label: ["a", "b"], action: "unlabeled" }, { ...PULL, action: "unlabeled", label: "b", labels: ["a"] }],
  ["pr 7", { label: ["preview"], action: "synchronize" }, { ...PULL, action: "synchronize", labels: ["preview"] }],
  [
    "pr 7",
    { fork: true, head: "x", base: "y", title: "z" },
    { ...PULL, action: "opened", labels: [], fork: true, head: "x", base: "y", title: "z" },
  ],
  ["closed 7", {}, { ...PULL, action: "closed", labels: ["preview"] }],
  ["closed 7", { merged: true, label: ["bug"] }, { ...PULL, action: "closed", labels: ["bug"], merged: true }],
  ["nightly", {}, { kind: "schedule" }],
  ["nightly", { cron: "1 2 * * *" }, { kind: "schedule", cron: "1 2 * * *" }],
  ["dispatch up alice", {}, { kind: "dispatch", words: ["up", "alice"], inputs: {} }],
  [
    "dispatch",
    { input: ["a=b=c"], workflow: "x.yml", ref: "env-a" },
    { kind: "dispatch", words: [], inputs: { a: "b=c" }, workflow: "x.yml", branch: "env-a" },
  ],
])("%s %j", async (words, options, event) => {
  expect(await parse(words, options)).toEqual(event);
});

test.each<[string, EventOptions, string]>([
  ["", {}, "no event is named"],
  ["explode", {}, "there is no event explode"],
  ["push", {}, "the event is `push <branch>`"],
  ["push a b", {}, "the event is `push <branch>`"],
  ["pr seven", {}, "seven is not the number of a pull request"],
  ["pr 0", {}, "0 is not the number of a pull request"],
  ["pr 7", { action: "labeled" }, "--action labeled needs --label <name>"],
  ["pr 7", { action: "exploded" }, "--action exploded is not one of opened"],
  ["nightly today", {}, "nightly takes nothing, not today"],
  ["dispatch", { input: ["a"] }, "--input a is not name=value"],
])("%s %j: %s", async (words, options, message) => {
  await expect(parse(words, options)).rejects.toMatchObject({
    code: "usage",
    exit: 2,
    message: expect.stringContaining(message),
  });
});
