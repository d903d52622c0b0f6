import { describe, expect, test } from "vitest";
import { branchToPlan, contextOf, subjectOfEvent } from "../../src/github/context.js";
import { type Event, parseEvent } from "../../src/github/event.js";
import { trustOf } from "../../src/github/trust.js";
import { deletePayload, dispatchPayload, HEAD_SHA, MERGE_SHA, pullPayload, pushPayload } from "./payloads.js";

const VARIABLES = {
  GITHUB_ACTIONS: "true",
  GITHUB_EVENT_NAME: "push",
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_RUN_ID: "8812",
  GITHUB_RUN_ATTEMPT: "2",
  GITHUB_SHA: MERGE_SHA,
  GITHUB_OUTPUT: "/tmp/output",
  GITHUB_STEP_SUMMARY: "/tmp/summary",
  GITHUB_TOKEN: "ghs_1",
};
const contextFor = (name: string, payload: object, more: NodeJS.ProcessEnv = {}) =>
  contextOf({ ...VARIABLES, GITHUB_EVENT_NAME: name, ...more }, JSON.stringify(payload));
const eventOf = (name: string, payload: object): Event => parseEvent(name, JSON.stringify(payload)).event;

describe("the run", () => {
  test("outside Actions there is none", () => {
    expect(contextOf({ ...VARIABLES, GITHUB_ACTIONS: undefined }, "{}")).toBeNull();
    expect(contextOf({}, null)).toBeNull();
  });

  test("on github.com", () => {
    expect(contextFor("push", pushPayload("env-alice"))).toEqual({
      event: { kind: "push", branch: "env-alice", deleted: false },
      sender: "alice",
      defaultBranch: "main",
      repository: { owner: "acme", repo: "shop" },
      sha: MERGE_SHA,
      runUrl: "https://github.com/acme/shop/actions/runs/8812/attempts/2",
      apiUrl: "https://api.github.com",
      token: "ghs_1",
      files: { outputs: "/tmp/output", summary: "/tmp/summary" },
    });
  });

  test("on an Enterprise Server", () => {
    const server = {
      GITHUB_SERVER_URL: "https://github.acme.example/",
      GITHUB_API_URL: "https://github.acme.example/api/v3",
    };
    expect(contextFor("push", pushPayload("env-alice"), server)).toMatchObject({
      runUrl: "https://github.acme.example/acme/shop/actions/runs/8812/attempts/2",
      apiUrl: "https://github.acme.example/api/v3",
    });
  });

  test.each(["GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_EVENT_NAME"])("without %s it says so", (name) => {
    const message = `GITHUB_ACTIONS is set and ${name} is not`;
    expect(() => contextOf({ ...VARIABLES, [name]: undefined }, null)).toThrow(message);
  });

  test.each([
    ["no JSON", "push", "{"],
    ["no ref", "push", "{}"],
    ["a ref over two lines", "push", JSON.stringify({ ref: "refs/heads/env-a\n::error::x" })],
    ["no pull request", "pull_request", '{"action":"opened"}'],
  ])("a payload with %s is refused", (_, name, payload) => {
    expect(() => parseEvent(name, payload)).toThrow(`the payload of the ${name} event is not one of GitHub's`);
  });
});

describe("what an event is about", () => {
  const hostile = ["env-$(touch$", "{IFS}canary)`id`;%0A--force"].join("");
  test.each<[string, string, object, ReturnType<typeof subjectOfEvent>]>([
    ["push", "push", pushPayload("env-alice"), { branch: "env-alice" }],
    ["push of a hostile name", "push", pushPayload(hostile), { branch: hostile }],
    ["push of a tag", "push", { ...pushPayload("x"), ref: "refs/tags/v1" }, null],
    ["push of a branch called like a ref", "push", pushPayload("refs/heads/x"), { branch: "refs/heads/x" }],
    ["delete", "delete", deletePayload("env-alice"), { branch: "env-alice" }],
    ["delete of a hostile name", "delete", deletePayload(hostile), { branch: hostile }],
    ["delete of a tag", "delete", deletePayload("env-alice", "tag"), null],
    ["pull request", "pull_request", pullPayload(), { branch: "pr-7" }],
    ["dispatch", "workflow_dispatch", dispatchPayload({ environment: "alice", command: "up" }), { argument: "alice" }],
    ["dispatch without an environment", "workflow_dispatch", dispatchPayload(null), null],
    ["schedule", "schedule", { schedule: "17 3 * * *" }, null],
  ])("%s", (_, name, payload, subject) => {
    expect(subjectOfEvent(eventOf(name, payload))).toEqual(subject);
  });

  test("a pull request is read whole", () => {
    expect(eventOf("pull_request", pullPayload({ action: "labeled", labels: ["preview", "bug"] }))).toEqual({
      kind: "pull-request",
      action: "labeled",
      pull: {
        number: 7,
        open: true,
        headRepository: "acme/shop",
        headBranch: "topic",
        baseBranch: "main",
        headSha: HEAD_SHA,
        author: "alice",
        labels: ["preview", "bug"],
      },
    });
  });
});

describe("credentials", () => {
  test.each<[string, string, object, string | null]>([
    ["a push", "push", pushPayload("env-alice"), null],
    [
      "a push by Dependabot",
      "push",
      pushPayload("env-x", { sender: "dependabot[bot]" }),
      "Dependabot pushed this commit",
    ],
    ["a pull request from here", "pull_request", pullPayload(), null],
    ["a pull request from here in other case", "pull_request", pullPayload({ from: "Acme/Shop" }), null],
    [
      "a fork's",
      "pull_request",
      pullPayload({ from: "mallory/shop" }),
      "pull request 7 comes from the fork mallory/shop",
    ],
    [
      "a fork's with our label",
      "pull_request",
      pullPayload({ from: "mallory/shop", labels: ["preview"] }),
      "pull request 7 comes from the fork mallory/shop",
    ],
    ["a lost fork's", "pull_request", pullPayload({ from: null }), "pull request 7 comes from a fork that is gone"],
    ["Dependabot's", "pull_request", pullPayload({ author: "dependabot[bot]" }), "pull request 7 is Dependabot's"],
    ["a deletion", "delete", deletePayload("env-alice"), null],
    ["a schedule", "schedule", {}, null],
  ])("%s", (_, name, payload, why) => {
    const context = contextFor(name, payload);
    if (!context) throw new Error("no context");
    expect(trustOf(context)).toEqual(why === null ? { credentials: true } : { credentials: false, why });
  });
});

test.each([
  ["release", "topic", "release", "the fixed environment of its base"],
  ["release", "env-alice", "release", "its base before its head"],
  ["main", "env-alice", "env-alice", "the environment of its head"],
  ["main", "env-staging", "env-staging", "the fixed environment of its head"],
  ["main", "trunk", "trunk", "a fixed environment of its head with a branch of another name"],
  ["main", "topic", "pr-7", "its preview"],
  ["main", "env-", "pr-7", "its preview, for env- alone names nothing"],
])("a pull request to %s from %s plans %s: %s", (base, head, branch) => {
  const event = eventOf("pull_request", pullPayload({ base, head }));
  if (event.kind !== "pull-request") throw new Error("no pull request");
  const fixed = [{ branch: "release" }, { branch: "env-staging" }, { branch: "trunk" }];
  expect(branchToPlan(event.pull, fixed)).toBe(branch);
});
