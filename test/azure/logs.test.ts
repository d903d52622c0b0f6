import { PassThrough } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { LogLine, LogRequest } from "../../src/cloud.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { MANIFEST, openProject, type Project } from "./project.js";
import { SUBSCRIPTION } from "./stand-in/core.js";

let here: Project;
let app: string;
beforeAll(async () => {
  here = await openProject(MANIFEST);
  app = environment().services[0]?.appName ?? "";
}, 120_000);
afterAll(() => here?.close());
beforeEach(() => {
  here.azure.logs.replicas.clear();
  here.azure.logs.events.clear();
  here.azure.logs.history = [];
  here.azure.logs.systemHistory = [];
  here.azure.containerApps.telling = true;
  here.azure.logs.written = true;
});

const environment = () =>
  describeEnvironment({
    manifest: here.manifest,
    trusted: here.manifest,
    branch: "env-bob",
    generation: 0,
    subscriptionId: SUBSCRIPTION,
  });

function output(more: Partial<Pick<LogRequest, "tail" | "follow" | "system" | "revision" | "signal">> = {}) {
  const { services } = environment();
  const request = {
    environment: environment(),
    services,
    tail: 10,
    follow: false,
    signal: new AbortController().signal,
  };
  return here.cloud.logs({ ...request, ...more });
}

async function all(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const found: string[] = [];
  for await (const { service, time, text } of lines) found.push(`${time.slice(11, 19)} ${service} ${text}`);
  return found;
}

const said = (second: number, Log: string) => ({ TimeStamp: `2026-11-21T10:00:0${second}.000Z`, Log });

test("running replicas are asked themselves, the newest lines of all", async () => {
  here.azure.logs.replicas.set(app, ["one", "two"]);
  here.azure.logs.lines.set("one", [said(1, "a"), said(3, "c")]);
  here.azure.logs.lines.set("two", [said(2, "b")]);
  expect(await all(output({ tail: 2 }))).toEqual(["10:00:02 web b", "10:00:03 web c"]);
});

test("an app that is scaled to zero is looked up in the log workspace", async () => {
  here.azure.logs.history = [
    ["2026-11-21T09:00:00Z", app, `${app}--1`, "old"],
    ["2026-11-21T09:00:01Z", app, `${app}--2`, "new"],
    ["2026-11-21T09:00:02Z", "ca-other", "ca-other--1", "not ours"],
  ];
  expect(await all(output())).toEqual(["09:00:00 web old", "09:00:01 web new"]);
  expect(await all(output({ revision: `${app}--2` }))).toEqual(["09:00:01 web new"]);
});

test("a workspace that nothing was ever written to is empty", async () => {
  here.azure.logs.written = false;
  expect(await all(output())).toEqual([]);
});

test("following goes on with replicas that come later, and ends when told", async () => {
  const told = new AbortController();
  here.azure.logs.replicas.set(app, ["one"]);
  here.azure.logs.lines.set("one", [said(1, "first")]);
  here.azure.logs.lines.set("three", [said(5, "later")]);
  const seen: string[] = [];
  for await (const { text } of output({ follow: true, signal: told.signal })) {
    seen.push(text);
    here.azure.logs.replicas.set(app, ["one", "three"]);
    if (text === "later") told.abort();
  }
  expect(seen).toEqual(["first", "later"]);
});

test("a line is told as soon as it is said, and Ctrl-C ends a stream that goes on", async () => {
  const told = new AbortController();
  const stream = new PassThrough();
  here.azure.logs.replicas.set(app, ["live"]);
  here.azure.logs.live.set("live", stream);
  stream.write(`${JSON.stringify(said(1, "one"))}\n`);
  const seen: string[] = [];
  for await (const { text } of output({ follow: true, signal: told.signal })) {
    seen.push(text);
    if (text === "one") stream.write(`${JSON.stringify(said(2, "two"))}\n`);
    else told.abort();
  }
  expect(seen).toEqual(["one", "two"]);
});

const event = (TimeStamp: string, Reason: string, Msg: string, revision = `${app}--1`, Count = 1) => ({
  ...{ TimeStamp, Type: "Normal" as const, ContainerAppName: app, RevisionName: revision, ReplicaName: null },
  ...{ Msg, Reason, EventSource: "ContainerAppController", Count },
});

test("what Azure says of an app is read from its own stream, without what that says of itself", async () => {
  here.azure.logs.events.set(app, [
    event("2026-11-21 10:00:01.5 +0000 UTC", "ProbeFailed", "Probe of StartUp failed", `${app}--2`, 3),
    event("2026-11-21T10:00:00Z", "ContainerStarted", "Started container 'web'"),
  ]);
  expect(await all(output({ system: true }))).toEqual([
    "10:00:00 web ContainerStarted: Started container 'web'",
    "10:00:01 web ProbeFailed: Probe of StartUp failed (3 times)",
  ]);
  expect(await all(output({ system: true, revision: `${app}--1` }))).toEqual([
    "10:00:00 web ContainerStarted: Started container 'web'",
  ]);
});

test("an app that does not tell that stream has it beside the output of a replica", async () => {
  here.azure.containerApps.telling = false;
  here.azure.logs.replicas.set(app, ["one"]);
  here.azure.logs.events.set(app, [event("2026-11-21T10:00:00Z", "Pulled", "image")]);
  expect(await all(output({ system: true }))).toEqual(["10:00:00 web Pulled: image"]);
});

test("what Azure said longer ago is looked up in the log workspace, and not among the output", async () => {
  here.azure.logs.history = [["2026-11-21T09:00:00Z", app, `${app}--1`, "printed"]];
  here.azure.logs.systemHistory = [
    ["2026-11-21T09:00:01Z", app, `${app}--1`, "KEDAScalersStarted", "Scaler http is built"],
  ];
  const told = ["09:00:01 web KEDAScalersStarted: Scaler http is built"];
  expect(await all(output({ system: true }))).toEqual(told);
  here.azure.logs.events.set(app, [event("2026-11-21T10:00:00Z", "Pulled", "image")]);
  expect(await all(output({ system: true, tail: 301 }))).toEqual(told);
});

test("following what Azure says tells nothing twice, though its stream ends and begins anew", async () => {
  const told = new AbortController();
  const first = event("2026-11-21T10:00:00Z", "Pulled", "image");
  here.azure.logs.events.set(app, [first]);
  const seen: string[] = [];
  for await (const { text } of output({ system: true, follow: true, signal: told.signal })) {
    seen.push(text);
    here.azure.logs.events.set(app, [first, event("2026-11-21T10:00:05Z", "Started", "container")]);
    if (text.startsWith("Started")) told.abort();
  }
  expect(seen).toEqual(["Pulled: image", "Started: container"]);
});

test("a query that the workspace does not understand is told, and not taken for silence", async () => {
  const trouble = { status: 400, code: "BadArgumentError", message: "Query could not be parsed" };
  here.azure.faults.add({ url: /api\.loganalytics\.io/, trouble });
  await expect(all(output())).rejects.toMatchObject({ message: expect.stringContaining("read the log workspace") });
});
