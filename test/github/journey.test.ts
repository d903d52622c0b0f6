import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLocalRemote } from "../../src/cloud.js";
import { destroy } from "../../src/commands/destroy.run.js";
import { plan } from "../../src/commands/plan.run.js";
import { up } from "../../src/commands/up.run.js";
import { FIRST_RUN, type Surroundings, surroundings } from "../pipeline/surroundings.js";
import { standInForTest } from "./open.js";
import { deletePayload, HEAD_SHA, pullPayload, pushPayload } from "./payloads.js";
import type { StandIn } from "./stand-in.js";
import { type WorkflowStep, workflowStep } from "./workflow-run.js";

const RUN = "https://github.example/acme/shop/actions/runs/8812/attempts/1";

let here: Surroundings;
let standIn: StandIn;

beforeAll(async () => {
  here = await surroundings();
  await createLocalRemote(here.repository.folder);
}, FIRST_RUN);
afterAll(() => here.close());

beforeEach(async () => {
  standIn = await standInForTest();
  standIn.repository.branches.add("env-alice");
  standIn.repository.permissions.set("alice", "write");
});

const step = (event: string, payload: object, sha?: string): Promise<WorkflowStep> =>
  workflowStep(here, { event, payload, standIn, ...(sha === undefined ? {} : { sha }) });
const push = () => step("push", pushPayload("env-alice"));
const tip = (branch = "env-alice") => here.repository.git("rev-parse", branch);
/** Calls with the numbers that the stand-in gave taken out. */
const calls = () =>
  standIn.calls.map((call) => call.replace(/\/[0-9a-f]{40}\b/, "/<sha>").replace(/\/\d{10}\b/, "/<id>"));
const states = () => standIn.repository.deployments.map(({ statuses }) => statuses.map(({ state }) => state));

describe("a push", () => {
  test(
    "becomes an environment, and everybody is told",
    async () => {
      const run = await push();
      await up({}, run.tools);
      const url = run.stdout().trim();
      expect(url).toMatch(/^http:\/\/alice\.shop\.localhost\b/);
      expect(run.outputs()).toEqual({ environment: "alice", url, "resource-group": "rg-shop-alice" });
      expect(calls()).toEqual([
        "GET /git/ref/heads/env-alice",
        "POST /deployments",
        "POST /deployments/<id>/statuses",
        "POST /statuses/<sha>",
        "POST /deployments/<id>/statuses",
        "GET /deployments",
        "POST /statuses/<sha>",
      ]);
      expect(standIn.repository.deployments).toMatchObject([
        {
          ref: tip(),
          task: "paas:alice",
          environment: "paas-branch",
          statuses: [
            { state: "in_progress", log_url: RUN },
            { state: "success", log_url: RUN, environment_url: url },
          ],
        },
      ]);
      expect(standIn.repository.statuses).toMatchObject([
        { sha: tip(), context: "paas/alice", state: "pending", target_url: RUN },
        { sha: tip(), context: "paas/alice", state: "success", target_url: url },
      ]);
      const summary = run.summary();
      expect(summary).toContain("## Environment `alice` is up");
      expect(summary).toContain(`| URL | <${url}> |`);
      expect(summary).toContain("| + create | `service.web` | `container` |");
      expect(summary).toMatch(/\| \+ create \| `azurerm_resource_group\.\S+` \|/);
      expect(summary).toMatch(/\| apply \| done \| .* \| \d/);
    },
    FIRST_RUN,
  );

  test("again: the deployment before it turns inactive", async () => {
    await up({}, (await push()).tools);
    await up({}, (await push()).tools);
    expect(states()).toEqual([
      ["in_progress", "success", "inactive"],
      ["in_progress", "success"],
    ]);
  });

  test("of a branch that is gone does nothing and says so", async () => {
    standIn.repository.branches.delete("env-alice");
    const run = await push();
    await up({ json: true }, run.tools);
    expect(JSON.parse(run.stdout())).toMatchObject({
      environment: { envId: "alice", branch: "env-alice" },
      skipped: "branch env-alice does not exist any more",
    });
    expect(run.stderr()).toContain("::notice::branch env-alice does not exist any more: nothing was done\n");
    expect(calls()).toEqual(["GET /git/ref/heads/env-alice"]);
  });

  test("is deployed whatever GitHub answers, with a warning for everything that was not told", async () => {
    const denied = { status: 403, body: { message: "Resource not accessible by integration" } };
    standIn.refuse(/^POST /, ...Array.from({ length: 9 }, () => denied));
    const run = await push();
    await up({}, run.tools);
    expect(run.outputs()).toMatchObject({ environment: "alice", url: expect.stringContaining("http://") });
    const warnings = run.stderr().match(/^::warning::.*$/gm);
    expect(warnings).toEqual([
      expect.stringMatching(/could not file a deployment of alice: GitHub answered 403 .*`deployments: write`$/),
      expect.stringMatching(/could not set the status of commit .*`statuses: write`$/),
      expect.stringMatching(/could not set the status of commit .*`statuses: write`$/),
    ]);
  });

  test("is deployed while GitHub does not answer at all", async () => {
    standIn.refuse(/./, ...Array.from({ length: 50 }, () => "hang up" as const));
    const run = await push();
    await up({}, run.tools);
    expect(run.outputs()).toMatchObject({ environment: "alice" });
    expect(run.stderr()).toContain("could not look for branch env-alice: no answer");
    expect(run.clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(120_000);
  });

  test("that breaks the app fails, and everybody is told why", async () => {
    const good = tip();
    here.repository.git("switch", "--quiet", "env-alice");
    here.repository.write({ "server.js": 'console.log("::set-output name=url::evil"); process.exit(3);' });
    const bad = here.repository.commit("a bad one");
    try {
      const run = await push();
      await expect(up({}, run.tools)).rejects.toThrow(/web/);
      expect(states()).toEqual([["in_progress", "failure"]]);
      expect(standIn.repository.statuses.at(-1)).toMatchObject({ sha: bad, state: "failure", target_url: RUN });
      expect(run.summary()).toContain("## Deploying `alice` failed");
      expect(run.summary()).toContain("| deploy web | **failed** |");
      expect(run.outputs()).toEqual({});
      expect(run.stderr()).not.toMatch(/^\s*::set-output/m);
    } finally {
      here.repository.git("reset", "--quiet", "--hard", good);
      here.repository.git("switch", "--quiet", "main");
    }
  });
});

describe("a pull request", () => {
  const payload = pullPayload({ labels: ["preview"] });

  test("is planned and previewed in one comment, edited in place", async () => {
    standIn.repository.pulls.set(7, { state: "open", labels: ["preview"] });
    standIn.repository.labelEvents.push({ number: 7, event: "labeled", label: "preview", actor: "alice" });
    // HEAD is what the workflow runs for, as a merge commit is.
    const planned = await step("pull_request", payload, tip("HEAD"));
    await plan({ comment: true }, planned.tools);
    expect(standIn.repository.comments).toHaveLength(1);
    expect(standIn.repository.comments[0]?.body).toContain("### Plan of `pr-7`: ");
    expect(standIn.repository.deployments).toEqual([]);

    const previewed = await step("pull_request", payload, tip("HEAD"));
    await up({ comment: true }, previewed.tools);
    const { url = "" } = previewed.outputs();
    expect(standIn.repository.comments).toHaveLength(1);
    expect(standIn.repository.comments[0]?.body).toMatch(/### Plan of `pr-7`[\s\S]*### Environment `pr-7` is up/);
    expect(standIn.repository.comments[0]?.body).toContain(`<${url}>`);
    expect(standIn.repository.deployments).toMatchObject([
      { environment: "paas-preview", task: "paas:pr-7", ref: HEAD_SHA },
    ]);
    expect(standIn.repository.statuses.at(-1)).toMatchObject({ sha: HEAD_SHA, context: "paas/pr-7", target_url: url });
  });

  test.each([
    ["its base is followed by a fixed one", { base: "env-staging", head: "env-alice" }, "staging"],
    ["its head is an environment's", { base: "main", head: "env-alice" }, "alice"],
  ])("is planned for the environment that merging would change: %s", async (_, branches, envId) => {
    const run = await step("pull_request", pullPayload(branches), tip("HEAD"));
    await plan({ comment: true, json: true }, run.tools);
    expect(JSON.parse(run.stdout())).toMatchObject({ environment: { envId, commit: tip("HEAD") } });
    expect(standIn.repository.comments[0]?.body).toContain(`### Plan of \`${envId}\`: `);
    const named = await step("pull_request", pullPayload(branches), tip("HEAD"));
    await plan({ environment: "bob", commit: "HEAD", json: true }, named.tools);
    expect(JSON.parse(named.stdout())).toMatchObject({ environment: { envId: "bob" } });
  });

  test("that was closed loses its preview, and the comment says so", async () => {
    standIn.repository.pulls.set(7, { state: "open", labels: ["preview"] });
    standIn.repository.labelEvents.push({ number: 7, event: "labeled", label: "preview", actor: "alice" });
    await up({ comment: true }, (await step("pull_request", payload)).tools);
    const closed = pullPayload({ action: "closed", state: "closed", labels: ["preview"] });

    const early = await step("pull_request", closed);
    await destroy({ yes: true, comment: true }, early.tools);
    expect(early.stderr()).toContain("pull request 7 is open and has its label again: nothing was done");
    expect(states()).toEqual([["in_progress", "success"]]);

    standIn.repository.pulls.set(7, { state: "closed", labels: ["preview"] });
    await destroy({ yes: true, comment: true }, (await step("pull_request", closed)).tools);
    expect(states()).toEqual([["in_progress", "success", "inactive"]]);
    expect(standIn.repository.comments).toHaveLength(1);
    expect(standIn.repository.comments[0]?.body).toContain("### Environment `pr-7` is destroyed");
    expect(standIn.repository.comments[0]?.body).not.toContain("is up");
  });

  test.each([
    ["a fork", pullPayload({ from: "mallory/shop", labels: ["preview"] })],
    ["Dependabot", pullPayload({ author: "dependabot[bot]", labels: ["preview"] })],
  ])("of %s is refused, and GitHub is not even asked", async (_, untrusted) => {
    for (const command of [up, plan]) {
      const run = await step("pull_request", untrusted);
      await expect(command({ comment: true }, run.tools)).rejects.toMatchObject({ code: "untrusted", exit: 5 });
    }
    expect(standIn.calls).toEqual([]);
  });
});

describe("a deletion", () => {
  const deletion = () => step("delete", deletePayload("env-alice"));

  test("that was taken back destroys nothing", async () => {
    const run = await deletion();
    await destroy({ yes: true }, run.tools);
    expect(run.stderr()).toContain("branch env-alice exists again: nothing was done");
    expect(await here.doors.groups.find("rg-shop-alice")).not.toBeNull();
  });

  test("destroys nothing when GitHub cannot say that the branch is gone", async () => {
    standIn.repository.branches.delete("env-alice");
    standIn.refuse(/git\/ref/, ...Array.from({ length: 9 }, () => ({ status: 503, body: { message: "unavailable" } })));
    await expect(destroy({ yes: true }, (await deletion()).tools)).rejects.toMatchObject({ code: "github-failed" });
    expect(await here.doors.groups.find("rg-shop-alice")).not.toBeNull();
  });

  test("destroys the environment, and its deployments turn inactive", async () => {
    await up({}, (await push()).tools);
    standIn.repository.branches.delete("env-alice");
    const run = await deletion();
    await destroy({ yes: true }, run.tools);
    expect(await here.doors.groups.find("rg-shop-alice")).toBeNull();
    expect(states()).toEqual([["in_progress", "success", "inactive"]]);
    expect(run.summary()).toContain("## Environment `alice` is destroyed");
  });

  test("of a branch that never had an environment is no failure", async () => {
    const run = await step("delete", deletePayload("env-never"));
    await destroy({ yes: true }, run.tools);
    expect(run.stderr()).toContain("::notice::there is no environment never: nothing to destroy\n");
  });
});
