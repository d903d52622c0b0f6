import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Arrival, simulate } from "../../../src/workflow/rehearse/concurrency.js";
import { WORKFLOW_FILES } from "../../../src/workflow/render.js";
import { type Theatre, theatre } from "./theatre.js";

const removals: (() => void)[] = [];
let stage: Theatre;
beforeAll(() => {
  stage = theatre(undefined, { removeAfter: (remove) => removals.push(remove) });
  stage.branch("env-alice");
  stage.branch("release");
  stage.branch("topic");
  stage.branch("conflicting", { "app.js": "ours" });
  stage.branch("clashing", { "app.js": "theirs" });
});
afterAll(() => {
  for (const remove of removals) remove();
});

const NPM_CI = ["npm", "ci", "--ignore-scripts", "--prefix", "infra"];
const LOCK = ["--lock-timeout", "10m"];
const URL = "https://env-alice.example.com";

describe("push", () => {
  test("to an environment's branch: up, on that branch, in its group, as the identity of branches", async () => {
    const { calls, only, job, jobs } = await stage.play({ kind: "push", branch: "env-alice" });
    expect(only).toMatchObject({ path: WORKFLOW_FILES.environment, runName: "push refs/heads/env-alice" });
    expect(jobs).toEqual(["up=success", "destroy=skipped"]);
    expect(calls).toEqual([NPM_CI, ["paas", "up", "--push", ...LOCK, "--", "env-alice"]]);
    expect(job("up")).toMatchObject({
      name: "Create or update",
      summary: "### up\n",
      environment: { name: "paas-branch", url: URL, allowed: true, why: "env-alice matches env-*" },
      concurrency: { group: "paas-env-alice", cancelInProgress: false, queue: "max" },
      permissions: { contents: "read", "id-token": "write", deployments: "write", statuses: "write" },
      oidcSubject: {
        classic: "repo:acme/shop:environment:paas-branch",
        immutable: "repo:acme@11/shop@22:environment:paas-branch",
      },
    });
    const push = job("up").steps.find(({ id }) => id === "push");
    expect(push).toMatchObject({ kind: "run", status: "success", outputs: { url: URL } });
  });

  test("of a fixed environment's branch uses the GitHub environment of that one", async () => {
    const { job } = await stage.play({ kind: "push", branch: "release" }, { run: false });
    expect(job("up")).toMatchObject({
      environment: { name: "prod", allowed: true },
      concurrency: { group: "paas-release" },
      oidcSubject: { classic: "repo:acme/shop:environment:prod" },
    });
  });

  test("of another branch starts nothing, and says why", async () => {
    const { transcript, calls } = await stage.play({ kind: "push", branch: "topic" });
    expect(transcript.workflows.map(({ starts, why }) => [starts, why])).toEqual([
      [false, "topic is not among branches"],
      [false, "it is not on: push"],
      [false, "it is not on: push"],
    ]);
    expect([transcript.result, calls]).toEqual(["skipped", []]);
  });

  test("that deletes, or is made with GITHUB_TOKEN, starts nothing", async () => {
    const deletion = await stage.play({ kind: "push", branch: "env-alice", deletes: true });
    expect(deletion.transcript.workflows[0]?.why).toBe("a push that deletes starts no workflow");
    const made = await stage.play({ kind: "push", branch: "env-alice", byToken: true });
    expect(made.transcript.workflows[0]?.why).toBe("what GITHUB_TOKEN does starts no workflow");
    expect([...deletion.calls, ...made.calls]).toEqual([]);
  });

  test("fails with the step that fails, and the rest is skipped", async () => {
    const { transcript, job } = await stage.play(
      { kind: "push", branch: "env-alice" },
      { variables: { PAAS_FAILS_AT: "up --push" } },
    );
    const step = job("up").steps.find(({ id }) => id === "push");
    expect(step).toMatchObject({ status: "failure", outputs: { url: URL } });
    expect(step?.log).toEqual(["error: Process completed with exit code 5."]);
    expect([transcript.result, job("up").result]).toEqual(["failure", "failure"]);
  });
});

describe("delete", () => {
  test("of an environment's branch: destroy, from the default branch, in the group of the push", async () => {
    const { transcript, paas, only, job, jobs } = await stage.play({ kind: "delete", branch: "env-alice" });
    expect(transcript.event.ref).toBe("refs/heads/main");
    expect([only.path, jobs]).toEqual([WORKFLOW_FILES.environment, ["up=skipped", "destroy=success"]]);
    expect(paas).toEqual([["destroy", "--push", "--yes", ...LOCK, "--", "env-alice"]]);
    expect(job("destroy")).toMatchObject({
      environment: { name: "paas-destroy", allowed: true },
      concurrency: { group: "paas-env-alice", queue: "max" },
      oidcSubject: { classic: "repo:acme/shop:environment:paas-destroy" },
    });
    expect(stage.repository.git("branch", "--list", "env-alice")).toContain("env-alice");
  });

  test("of another branch runs nothing", async () => {
    const { jobs } = await stage.play({ kind: "delete", branch: "topic" });
    expect(jobs).toEqual(["up=skipped", "destroy=skipped"]);
  });
});

describe("pull request", () => {
  const opened = { kind: "pull-request", number: 7, action: "opened", head: "topic" } as const;

  test("opened: validated without credentials, planned with those that only read", async () => {
    const { paas, job, jobs, transcript } = await stage.play(opened);
    expect(jobs).toEqual(["validate=success", "plan=success", "preview=skipped", "remove=skipped"]);
    expect(paas).toEqual([["validate"], ["workflow", "lint"], ["plan", "--comment"]]);
    expect(job("validate")).toMatchObject({ permissions: { contents: "read" }, oidcSubject: null, environment: null });
    expect(job("plan")).toMatchObject({
      environment: { name: "paas-plan", allowed: true, why: "refs/pull/7/merge matches refs/pull/*/merge" },
      oidcSubject: { classic: "repo:acme/shop:environment:paas-plan" },
    });
    expect(transcript.event.ref).toBe("refs/pull/7/merge");
  });

  test("labelled: a preview of its own", async () => {
    const { paas, job, jobs } = await stage.play({ ...opened, action: "labeled", label: "preview" });
    expect(jobs).toEqual(["validate=skipped", "plan=skipped", "preview=success", "remove=skipped"]);
    expect(paas).toEqual([["up", "--commit", "HEAD", "--comment", ...LOCK]]);
    expect(job("preview")).toMatchObject({
      environment: { name: "paas-preview", url: "https://pr-7.example.com", allowed: true },
      concurrency: { group: "paas-pr-7" },
    });
  });

  test("pushed to with the label: the preview follows", async () => {
    const { jobs } = await stage.play({ ...opened, action: "synchronize", labels: ["preview"] }, { run: false });
    expect(jobs).toEqual(["validate=planned", "plan=planned", "preview=planned", "remove=skipped"]);
  });

  test("label taken off and put back while an update runs: one group, in this order, and nothing is lost", async () => {
    const happenings = [
      ["preview", { ...opened, action: "synchronize", labels: ["preview"] }],
      ["remove", { ...opened, action: "unlabeled", label: "preview" }],
      ["preview", { ...opened, action: "labeled", label: "preview" }],
    ] as const;
    const arrivals: Arrival[] = [];
    for (const [at, [id, event]] of happenings.entries()) {
      const { concurrency } = (await stage.play(event, { run: false })).job(id);
      if (concurrency) arrivals.push({ id: `${id} ${at}`, at, lasts: 10, ...concurrency });
    }
    expect(new Set(arrivals.map(({ group }) => group))).toEqual(new Set(["paas-pr-7"]));
    expect(simulate(arrivals).map(({ id, fate }) => `${id} ${fate}`)).toEqual([
      "preview 0 done",
      "remove 1 done",
      "preview 2 done",
    ]);
  });

  test.each([
    ["unlabelled", { action: "unlabeled", label: "preview" }, "refs/pull/7/merge"],
    ["closed", { action: "closed", labels: ["bug", "preview"] }, "refs/pull/7/merge"],
    ["merged", { action: "closed", labels: ["preview"], merged: true }, "refs/heads/main"],
  ] as const)("%s: the preview goes", async (_, more, ref) => {
    const { paas, job, transcript } = await stage.play({ ...opened, ...more });
    expect(transcript.event.ref).toBe(ref);
    expect(paas).toEqual([["destroy", "--yes", "--comment", ...LOCK]]);
    expect(job("remove").environment).toMatchObject({ name: "paas-preview", allowed: true });
  });

  test("from a fork: no secrets, nothing to write, no OIDC token", async () => {
    const { jobs, job, paas } = await stage.play(
      { ...opened, fork: true, labels: ["preview"] },
      { secrets: { KEY: "s" } },
    );
    expect(jobs).toEqual(["validate=success", "plan=skipped", "preview=skipped", "remove=skipped"]);
    expect(paas).toEqual([["validate"], ["workflow", "lint"]]);
    expect(job("validate").summary).toContain("get no credentials");
  });

  test("by Dependabot: as from a fork", async () => {
    const { jobs } = await stage.play({ ...opened, actor: "dependabot[bot]", labels: ["preview"] }, { run: false });
    expect(jobs).toEqual(["validate=planned", "plan=skipped", "preview=skipped", "remove=skipped"]);
  });

  test("with conflicts: GitHub starts nothing, not even when it is closed", async () => {
    const event = { ...opened, head: "conflicting", base: "clashing", action: "closed", labels: ["preview"] } as const;
    const { transcript } = await stage.play(event);
    const [, pullRequest] = transcript.workflows.map(({ why }) => why);
    expect(pullRequest).toBe("the pull request has conflicts: GitHub starts nothing for it");
    expect(transcript.result).toBe("skipped");
  });
});

describe("nightly", () => {
  const LEFT = [
    { envId: "old", branch: "env-old" },
    { envId: "gone", branch: "env-gone" },
  ];

  test("a job for everything that is left over, in the group of its branch; then drift", async () => {
    const { paas, jobs, only } = await stage.play({ kind: "schedule" }, { variables: { REAP: JSON.stringify(LEFT) } });
    expect([only.path, only.why]).toEqual([WORKFLOW_FILES.nightly, 'its time has come: "17 3 * * *"']);
    expect(jobs).toEqual(["list=success", "reap=success", "reap=success", "drift=success"]);
    expect(only.jobs.map(({ name, concurrency }) => [name, concurrency?.group])).toEqual([
      ["List what is left over", undefined],
      ["Remove old", "paas-env-old"],
      ["Remove gone", "paas-env-gone"],
      ["Look for drift", undefined],
    ]);
    expect(paas).toEqual([["reap", "--plan", "--json"], ["reap", ...LOCK], ["reap", ...LOCK], ["drift"]]);
  });

  test("nothing left over: the matrix is skipped, drift is not", async () => {
    const { jobs } = await stage.play({ kind: "schedule", cron: "17 3 * * *" });
    expect(jobs).toEqual(["list=success", "reap=skipped", "drift=success"]);
  });

  test("another line of the timetable starts nothing", async () => {
    const { transcript } = await stage.play({ kind: "schedule", cron: "0 0 * * *" });
    expect(transcript.workflows.map(({ why }) => why)).toContain('no line of its timetable is "0 0 * * *": 17 3 * * *');
  });

  test("before anything has run the matrix is not known", async () => {
    const { jobs, job } = await stage.play({ kind: "schedule" }, { run: false });
    expect(jobs).toEqual(["list=planned", "reap=planned", "drift=planned"]);
    expect(job("reap")).toMatchObject({
      condition: { result: null },
      why: "its matrix comes from outputs of the jobs before",
    });
  });
});

describe("dispatch", () => {
  const dispatch = (...words: string[]) => ({ kind: "dispatch", words, inputs: {} }) as const;

  test("up alice: the inputs in the order of the file", async () => {
    const { paas, job, only } = await stage.play(dispatch("up", "alice"));
    expect(only.runName).toBe("up alice");
    expect(paas).toEqual([["up", ...LOCK]]);
    expect(job("up")).toMatchObject({
      environment: { name: "paas-branch", url: "https://alice.example.com" },
      concurrency: { group: "paas-env-alice" },
    });
    expect(job("up").steps[0]?.with.ref).toBe("env-alice");
  });

  test("destroy prod: the environment of production, on the default branch", async () => {
    const { paas, job } = await stage.play({
      ...dispatch("destroy"),
      inputs: { environment: "prod", confirm: "prod" },
    });
    expect(paas).toEqual([["destroy", "--yes", "--confirm", "prod", ...LOCK]]);
    expect(job("destroy")).toMatchObject({ environment: { name: "prod" }, concurrency: { group: "paas-release" } });
  });

  test("without inputs it is the nightly one", async () => {
    const { only } = await stage.play(dispatch(), { run: false });
    expect(only.path).toBe(WORKFLOW_FILES.nightly);
  });

  test("of what is not on offer: an error that says what is", async () => {
    await expect(stage.play(dispatch("explode", "alice"))).rejects.toMatchObject({
      code: "nothing-to-dispatch",
      exit: 2,
      details: expect.arrayContaining([
        `${WORKFLOW_FILES.environment}: its input command is one of up, plan, rollback, destroy, not explode`,
      ]),
    });
  });
});
