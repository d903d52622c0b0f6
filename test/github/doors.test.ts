import { describe, expect, test } from "vitest";
import { sectionOf } from "../../src/github/comment.js";
import { writeComment } from "../../src/github/comments.js";
import { beginDeployment, endDeployment, fileDeployment, inactivate } from "../../src/github/deployments.js";
import type { Event } from "../../src/github/event.js";
import { parseEvent } from "../../src/github/event.js";
import { branchExists, objectionTo } from "../../src/github/guards.js";
import { setCommitStatus } from "../../src/github/statuses.js";
import { ALICE, openForTest, PREVIEW, RUN_URL, SHA } from "./open.js";
import { deletePayload, pullPayload, pushPayload } from "./payloads.js";
import { TOKEN } from "./stand-in.js";

const eventOf = (name: string, payload: object): Event => parseEvent(name, JSON.stringify(payload)).event;
const refusal = (status: number, message: string, headers: Record<string, string> = {}) => ({
  status,
  body: { message },
  headers,
});
const section = (text: string) => ({ key: "plan:pr-7", text });

describe("patience", () => {
  test("a server's trouble is waited out, longer each time", async () => {
    const { standIn, github, clock } = await openForTest();
    standIn.repository.branches.add("env-alice");
    standIn.refuse(/git\/ref/, refusal(502, "bad gateway"), "hang up", refusal(500, "oops"));
    expect(await branchExists(github, "env-alice")).toBe(true);
    expect(clock.waits).toEqual([1000, 2000, 4000]);
  });

  test("after four attempts it gives up and says what was not done", async () => {
    const { standIn, github, clock } = await openForTest();
    standIn.refuse(/git\/ref/, ...Array.from({ length: 9 }, () => refusal(503, "unavailable")));
    await expect(branchExists(github, "env-alice")).rejects.toMatchObject({
      code: "github-failed",
      message: "could not look for branch env-alice: GitHub answered 503",
    });
    expect(standIn.calls).toHaveLength(4);
    expect(clock.waits).toHaveLength(3);
  });

  test("a limit is waited out as long as GitHub asks", async () => {
    const { standIn, github, clock } = await openForTest();
    const reset = String(clock.now() / 1000 + 30);
    standIn.refuse(
      /git\/ref/,
      refusal(429, "slow down", { "retry-after": "7" }),
      refusal(403, "API rate limit exceeded", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
      refusal(403, "You have exceeded a secondary rate limit."),
    );
    expect(await branchExists(github, "env-alice")).toBe(false);
    expect(clock.waits).toEqual([7000, 24_000, 60_000]);
  });

  test("a limit that ends after the run's patience is not waited for", async () => {
    const { standIn, github, clock } = await openForTest();
    const reset = String(clock.now() / 1000 + 1800);
    standIn.refuse(
      /git/,
      refusal(403, "API rate limit exceeded", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
    );
    await expect(branchExists(github, "env-alice")).rejects.toMatchObject({
      code: "github-rate-limit",
      details: ["it ends at 2026-11-21T12:30:00.000Z", "API rate limit exceeded"],
    });
    expect(clock.waits).toEqual([]);
  });

  test("all calls of a run together wait no more than two minutes", async () => {
    const { standIn, github, clock } = await openForTest();
    const slow = refusal(429, "slow down", { "retry-after": "50" });
    standIn.refuse(/git/, slow, slow, slow, slow, slow);
    await expect(branchExists(github, "env-alice")).rejects.toMatchObject({ code: "github-rate-limit" });
    await expect(branchExists(github, "env-alice")).rejects.toMatchObject({ code: "github-rate-limit" });
    expect(clock.waits).toEqual([50_000, 50_000]);
  });

  test("a run that was stopped does not wait", async () => {
    const { standIn, github, clock } = await openForTest(AbortSignal.abort());
    standIn.refuse(/git/, refusal(502, "bad gateway"));
    await expect(branchExists(github, "env-alice")).rejects.toMatchObject({ code: "github-failed" });
    expect(clock.waits).toEqual([]);
  });

  test("a missing permission is named as the line that the job lacks", async () => {
    const { standIn, github, clock } = await openForTest();
    standIn.refuse(/POST \/statuses/, refusal(403, "Resource not accessible by integration"));
    const status = { state: "success" as const, url: RUN_URL, description: "up" };
    await expect(setCommitStatus(github, SHA, "alice", status)).rejects.toMatchObject({
      code: "github-not-allowed",
      next: "give the job this line under `permissions:`: `statuses: write`",
    });
    expect(clock.waits).toEqual([]);
  });

  test("the token is in no error", async () => {
    const { standIn, github } = await openForTest();
    standIn.refuse(/git/, refusal(401, "Bad credentials"));
    const error = await branchExists(github, "env-alice").catch((cause: unknown) => cause);
    expect(JSON.stringify([error, (error as Error).cause])).not.toContain(TOKEN);
  });
});

describe("deployments", () => {
  test("a deployment goes from in progress to success, and its predecessor turns inactive", async () => {
    const { standIn, github } = await openForTest();
    for (const [number, url] of [
      [1, "http://one.localhost"],
      [2, "http://two.localhost"],
    ] as const) {
      const deployment = await fileDeployment(github, ALICE, SHA);
      await beginDeployment(github, deployment, RUN_URL);
      await endDeployment(github, deployment, "success", { url, runUrl: RUN_URL, description: `run ${number}` });
      await inactivate(github, ALICE, deployment);
    }
    const [first, second] = standIn.repository.deployments;
    expect(first?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success", "inactive"]);
    expect(second).toMatchObject({ task: "paas:alice", environment: "paas-branch", ref: SHA });
    expect(second?.statuses).toMatchObject([
      { state: "in_progress", log_url: RUN_URL },
      { state: "success", log_url: RUN_URL, environment_url: "http://two.localhost", description: "run 2" },
    ]);
  });

  test("those of other environments in the same GitHub environment stay", async () => {
    const { standIn, github } = await openForTest();
    const bob = await fileDeployment(github, { ...ALICE, envId: "bob", branch: "env-bob" }, SHA);
    await endDeployment(github, bob, "success", { url: null, runUrl: RUN_URL, description: "" });
    await inactivate(github, ALICE, null);
    expect(standIn.repository.deployments[0]?.statuses.map(({ state }) => state)).toEqual(["success"]);
  });

  test("failed ones stay failed, unfinished ones turn inactive, and nothing behind an inactive one is looked at", async () => {
    const { standIn, github } = await openForTest();
    for (const states of [["success"], ["success", "inactive"], ["in_progress"], ["failure"], [], ["success"]]) {
      const { id } = await fileDeployment(github, ALICE, SHA);
      const deployment = standIn.repository.deployments.find((found) => found.id === id);
      deployment?.statuses.push(...states.map((state) => ({ state })));
    }
    await inactivate(github, ALICE, null);
    const ends = standIn.repository.deployments.map(({ statuses }) => statuses.at(-1)?.state);
    expect(ends).toEqual(["success", "inactive", "inactive", "failure", "inactive", "inactive"]);
  });

  test.each([
    [ALICE, "paas-branch"],
    [PREVIEW, "paas-preview"],
    [{ ...ALICE, envId: "prod", branch: "main", kind: "fixed" as const, tier: "prod" as const }, "prod"],
  ])("%o is filed under %s", async (run, environment) => {
    const { standIn, github } = await openForTest();
    await fileDeployment(github, run, SHA);
    expect(standIn.repository.deployments).toMatchObject([{ environment, task: `paas:${run.envId}` }]);
  });

  test("a long description is cut", async () => {
    const { standIn, github } = await openForTest();
    const deployment = await fileDeployment(github, { ...ALICE, branch: `env-${"é".repeat(300)}` }, SHA);
    await endDeployment(github, deployment, "failure", { url: null, runUrl: RUN_URL, description: "x".repeat(500) });
    expect(standIn.repository.deployments[0]?.statuses[0]?.description).toHaveLength(140);
  });
});

describe("comment", () => {
  test("it is made once and edited in place from then on", async () => {
    const { standIn, github } = await openForTest();
    await writeComment(github, 7, section("first"));
    await writeComment(github, 7, section("second"));
    await writeComment(github, 7, { key: "environment:pr-7", text: "up" });
    expect(standIn.repository.comments).toHaveLength(1);
    expect(standIn.repository.comments[0]?.body).toMatch(/second[\s\S]*up/);
    expect(standIn.repository.comments[0]?.body).not.toContain("first");
  });

  test("the same text is not written again", async () => {
    const { standIn, github } = await openForTest();
    await writeComment(github, 7, section("same"));
    await writeComment(github, 7, section("same"));
    expect(standIn.calls.filter((call) => !call.startsWith("GET"))).toEqual(["POST /issues/7/comments"]);
  });

  test("it is found behind hundreds of others, and a person's copy of it is left alone", async () => {
    const { standIn, github } = await openForTest();
    await writeComment(github, 7, section("first"));
    const ours = standIn.repository.comments.splice(0);
    const person = { login: "mallory", type: "User" };
    for (let id = 1; id <= 250; id += 1)
      standIn.repository.comments.push({ id, body: ours[0]?.body ?? "", user: person });
    standIn.repository.comments.push(...ours);
    await writeComment(github, 7, section("second"));
    expect(standIn.repository.comments).toHaveLength(251);
    expect(standIn.repository.comments.at(-1)?.body).toContain("second");
    expect(standIn.repository.comments[0]?.body).toContain("first");
  });

  test("a request whose answer was lost leaves no second comment", async () => {
    const { standIn, github } = await openForTest();
    standIn.refuse(/^POST \/issues/, "done, unsaid");
    await writeComment(github, 7, section("first"));
    expect(standIn.repository.comments).toHaveLength(1);
  });

  test("a plan of thousands of changes fits", async () => {
    const { standIn, github } = await openForTest();
    const changes = Array.from({ length: 5000 }, (_, index) => ({
      address: `azurerm_container_app.service_${index}`,
      type: "azurerm_container_app",
      action: index === 4999 ? ("delete" as const) : ("create" as const),
    }));
    const run = { ...PREVIEW, operation: "plan" as const };
    const outcome = { url: null, resourceGroup: "rg-shop-pr-7", changes };
    await writeComment(github, 7, sectionOf({ run, result: { outcome }, steps: [], duration: 1000, runUrl: RUN_URL }));
    const body = standIn.repository.comments[0]?.body ?? "";
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain("**1 resource is destroyed**: what they hold is lost.");
    expect(body).toContain("service_4999");
    expect(body).toMatch(/\d+ more changes not shown here/);
    expect(body).toContain(RUN_URL);
  });
});

describe("guards", () => {
  const push = eventOf("push", pushPayload("env-alice"));
  const deletion = eventOf("delete", deletePayload("env-alice"));
  const pull = eventOf("pull_request", pullPayload({ labels: ["preview"] }));
  const dispatch: Event = { kind: "dispatch", inputs: {} };
  const destroy = { ...ALICE, operation: "destroy" as const };

  test.each<[string, typeof ALICE, Event, string[], string | null]>([
    ["up, branch there", ALICE, push, ["env-alice"], null],
    ["up, branch gone", ALICE, push, ["env-alice-2"], "branch env-alice does not exist any more"],
    ["up by hand, branch gone", ALICE, dispatch, [], "branch env-alice does not exist any more"],
    [
      "up for a deletion",
      ALICE,
      eventOf("push", pushPayload("env-alice", { deleted: true })),
      [],
      "this push deleted the branch",
    ],
    ["destroy, branch gone", destroy, deletion, [], null],
    ["destroy, branch back", destroy, deletion, ["env-alice"], "branch env-alice exists again"],
    ["destroy by hand", destroy, dispatch, ["env-alice"], null],
    ["plan", { ...ALICE, operation: "plan" as const }, push, [], null],
    ["a branch with slashes", { ...ALICE, branch: "env-a/b%2Fc$(id)" }, push, ["env-a/b%2Fc$(id)"], null],
  ])("%s", async (_, run, event, branches, objection) => {
    const { standIn, github } = await openForTest();
    standIn.repository.branches = new Set(branches);
    expect(await objectionTo(run, { event }, github)).toBe(objection);
  });

  test.each<[string, { state: string; labels: string[] } | null, string | null, string | null, string | null]>([
    ["labelled by a writer", { state: "open", labels: ["preview"] }, "alice", "write", null],
    ["labelled by an admin", { state: "open", labels: ["preview"] }, "alice", "admin", null],
    [
      "labelled by a reader",
      { state: "open", labels: ["preview"] },
      "alice",
      "read",
      "label preview was set by alice, who may not write to this repository",
    ],
    [
      "labelled by a stranger",
      { state: "open", labels: ["preview"] },
      "alice",
      null,
      "label preview was set by alice, who may not write to this repository",
    ],
    [
      "labelled by a ghost",
      { state: "open", labels: ["preview"] },
      null,
      null,
      "label preview was set by nobody that is known, who may not write to this repository",
    ],
    ["label gone", { state: "open", labels: [] }, "alice", "write", "pull request 7 has no label preview any more"],
    ["closed", { state: "closed", labels: ["preview"] }, "alice", "write", "pull request 7 is not open any more"],
    ["no such pull request", null, "alice", "write", "pull request 7 is not open any more"],
  ])("preview: %s", async (_, now, actor, permission, objection) => {
    const { standIn, github } = await openForTest();
    if (now) standIn.repository.pulls.set(7, now);
    if (permission) standIn.repository.permissions.set("alice", permission);
    // An earlier label by someone who may write does not count for a later one, nor does another label.
    standIn.repository.permissions.set("owner", "admin");
    standIn.repository.labelEvents.push(
      ...Array.from({ length: 120 }, () => ({ number: 7, event: "mentioned", label: "", actor: "owner" })),
      { number: 7, event: "labeled", label: "preview", actor: "owner" },
      { number: 7, event: "unlabeled", label: "preview", actor: "owner" },
      { number: 7, event: "labeled", label: "preview", actor },
      { number: 7, event: "labeled", label: "bug", actor: "owner" },
    );
    expect(await objectionTo(PREVIEW, { event: pull }, github)).toBe(objection);
  });

  test.each<[string, { state: string; labels: string[] }, string | null]>([
    ["closed", { state: "closed", labels: ["preview"] }, null],
    ["label gone", { state: "open", labels: [] }, null],
    ["label back", { state: "open", labels: ["preview"] }, "pull request 7 is open and has its label again"],
  ])("removal of a preview: %s", async (_, now, objection) => {
    const { standIn, github } = await openForTest();
    standIn.repository.pulls.set(7, now);
    expect(await objectionTo({ ...PREVIEW, operation: "destroy" }, { event: pull }, github)).toBe(objection);
  });
});
