import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLocalRemote } from "../../src/cloud.js";
import { drift } from "../../src/commands/drift.run.js";
import { reap } from "../../src/commands/reap.run.js";
import { type Reporter, silentReporter } from "../../src/github/reporter.js";
import { listEnvironments } from "../../src/pipeline/listing.js";
import { up } from "../../src/pipeline/up.js";
import { FIRST_RUN, type Surroundings, surroundings } from "../pipeline/surroundings.js";
import { standInForTest } from "./open.js";
import type { StandIn } from "./stand-in.js";
import { type WorkflowStep, workflowStep } from "./workflow-run.js";

const DAY = 24 * 3600 * 1000;

let here: Surroundings;
let standIn: StandIn;

const environments = ["alice", "bob", "pr-7"];
const branchOf = (envId: string) => (envId.startsWith("pr-") ? envId : `env-${envId}`);

/** Every test begins with a fixed environment and these; what one removed comes back. */
async function makeEnvironments(): Promise<void> {
  const there = await living();
  for (const envId of [...environments, "staging"].filter((name) => !there.includes(name))) {
    await up({ source: await here.source(branchOf(envId)), lockTimeout: 0 }, here.doors, here.steps);
  }
}

async function living(): Promise<string[]> {
  const all = await listEnvironments("abcdefghijklmnopqrstuvwxyz", here.doors);
  return all.filter(({ status }) => status !== "destroyed").map(({ envId }) => envId);
}

async function hold(envId: string) {
  const ref = { container: "tier-nonprod", key: `envs/${envId}.json` };
  const held = await here.doors.state.records.hold(ref, { operation: "up" });
  if (!held.record) throw new Error(`${envId} has no record`);
  return { record: held.record, held };
}

beforeAll(async () => {
  here = await surroundings();
  await createLocalRemote(here.repository.folder);
  for (const envId of ["bob", "pr-7", "staging"]) here.repository.git("branch", branchOf(envId));
}, FIRST_RUN);
afterAll(() => here.close());

beforeEach(async () => {
  await makeEnvironments();
  standIn = await standInForTest();
  for (const envId of environments.slice(0, 2)) standIn.repository.branches.add(branchOf(envId));
  standIn.repository.pulls.set(7, { state: "open", labels: ["preview"] });
  return () => {
    process.exitCode = undefined;
  };
}, FIRST_RUN);

async function nightly(variables: NodeJS.ProcessEnv = {}): Promise<WorkflowStep> {
  const payload = { schedule: "17 3 * * *", repository: { default_branch: "main" } };
  const step = await workflowStep(here, { event: "schedule", payload, standIn });
  return { ...step, tools: { ...step.tools, variables: { ...step.tools.variables, ...variables } } };
}

describe("reap --plan", () => {
  test("lists for a matrix what is left over, and changes nothing", async () => {
    standIn.repository.branches.delete("env-bob");
    standIn.repository.pulls.set(7, { state: "closed", labels: ["preview"] });
    const run = await nightly();
    await reap({ plan: true, json: true }, run.tools);
    const leftOver = [
      { envId: "bob", branch: "env-bob" },
      { envId: "pr-7", branch: "pr-7" },
    ];
    const listed = JSON.parse(run.outputs().environments ?? "") as unknown[];
    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining(leftOver));
    const document = JSON.parse(run.stdout());
    expect(document.kept).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ envId: "alice", reason: "wanted" }),
        expect.objectContaining({ envId: "staging", reason: "protected" }),
      ]),
    );
    expect(run.summary()).toContain("## 2 environments left over");
    expect(standIn.calls.every((call) => call.startsWith("GET "))).toBe(true);
    expect(await living()).toEqual(["alice", "bob", "pr-7", "staging"]);
  });

  test("says so when there is nothing, in a list that is empty", async () => {
    const run = await nightly();
    await reap({ plan: true }, run.tools);
    expect(run.outputs()).toEqual({ environments: "[]" });
    expect(run.stdout()).toBe("");
  });

  test("a preview whose label was taken is left over", async () => {
    standIn.repository.pulls.set(7, { state: "open", labels: ["bug"] });
    const run = await nightly();
    await reap({ plan: true }, run.tools);
    expect(JSON.parse(run.outputs().environments ?? "")).toEqual([{ envId: "pr-7", branch: "pr-7" }]);
  });

  test("reads all pages", async () => {
    for (let number = 0; number < 250; number += 1) standIn.repository.branches.add(`a-${number}`);
    for (let number = 100; number < 250; number += 1)
      standIn.repository.pulls.set(number, { state: "open", labels: [] });
    const run = await nightly();
    await reap({ plan: true }, run.tools);
    expect(run.outputs()).toEqual({ environments: "[]" });
    expect(standIn.calls.filter((call) => call === "GET /branches")).toHaveLength(3);
  });
});

describe("nothing is removed", () => {
  const refused = async (code: string, variables?: NodeJS.ProcessEnv) => {
    const run = await nightly(variables);
    for (const options of [{ plan: true }, {}]) {
      await expect(reap(options, run.tools)).rejects.toMatchObject({ code, exit: 5, next: expect.any(String) });
    }
    expect(run.outputs()).toEqual({});
    expect(await living()).toEqual(["alice", "bob", "pr-7", "staging"]);
  };

  test("when the branches cannot be read", async () => {
    standIn.refuse(/GET \/branches/, ...Array.from({ length: 9 }, () => ({ status: 404, body: { message: "No" } })));
    await refused("branches-unknown");
  });

  test("when the pull requests cannot be read", async () => {
    standIn.refuse(/GET \/pulls/, ...Array.from({ length: 9 }, () => ({ status: 403, body: { message: "No" } })));
    await refused("branches-unknown");
  });

  test("when there is no branch at all", async () => {
    standIn.repository.branches.clear();
    await refused("branches-unknown");
  });

  test("when the list lacks the default branch, and so cannot be whole", async () => {
    standIn.repository.branches.delete("main");
    await refused("branches-unknown");
    standIn.repository.branches.add("main");
    await refused("branches-unknown", { PAAS_DEFAULT_BRANCH: "trunk" });
  });
});

describe("reap", () => {
  test("of one removes that one", async () => {
    standIn.repository.branches.delete("env-bob");
    standIn.repository.branches.delete("env-alice");
    const run = await nightly({ PAAS_ENV: "bob" });
    await reap({ json: true, lockTimeout: "1m" }, run.tools);
    expect(JSON.parse(run.stdout()).environments).toMatchObject([{ envId: "bob", status: "removed", reason: "gone" }]);
    expect(run.summary()).toContain("## Environment `bob` is destroyed");
    expect(await living()).toEqual(["alice", "pr-7", "staging"]);
  });

  test.each([
    ["whose branch is back", "bob", /environment bob stays, branch env-bob is there: nothing was done/],
    ["whose pull request is open again", "pr-7", /environment pr-7 stays, pull request 7 is open.*nothing was done/],
    ["that is protected", "staging", /environment staging stays, it is a fixed environment: nothing was done/],
    ["that is gone meanwhile", "never", /there is no environment never: nothing was done/],
  ])("of one %s does nothing and says so", async (_, PAAS_ENV, words) => {
    const run = await nightly({ PAAS_ENV });
    await reap({}, run.tools);
    expect(run.stderr()).toMatch(words);
    expect(run.summary()).toBe("");
    expect(await living()).toEqual(["alice", "bob", "pr-7", "staging"]);
  });

  test("asks again by name, once it has the lock, for a branch that a list missed", async () => {
    standIn.repository.unlisted.add("env-bob");
    const run = await nightly({ PAAS_ENV: "bob" });
    await reap({}, run.tools);
    expect(run.stderr()).toContain("environment bob stays, branch env-bob is there: nothing was done");
    expect(standIn.calls).toContain("GET /git/ref/heads/env-bob");
    expect(run.summary()).toBe("");
    expect(await living()).toContain("bob");
  });

  test("judges again once it has the lock: the run that it waited for may have renewed the environment", async () => {
    const { record, held } = await hold("bob");
    await held.write({ ...record, expires: new Date(Date.now() - DAY).toISOString() });
    const run = await nightly({ PAAS_ENV: "bob" });
    const reporter = await run.tools.reporter();
    const judged = new Promise<void>((resolve) => {
      const objection: Reporter["objection"] = async (asked) => {
        resolve();
        return reporter.objection(asked);
      };
      run.tools.reporter = async () => ({ ...reporter, objection });
    });
    const reaping = reap({ lockTimeout: "1m" }, run.tools);
    await judged;
    await held.write({ ...record, expires: new Date(Date.now() + DAY).toISOString() });
    await held.release();
    await reaping;
    expect(run.stderr()).toContain("environment bob stays, branch env-bob is there: nothing was done");
    expect(run.summary()).toBe("");
    expect(await living()).toContain("bob");
  });

  test("refuses to remove more than a share at once, and lists what it would be", async () => {
    here.repository.git("branch", "--force", "env-carol");
    await up({ source: await here.source("env-carol"), lockTimeout: 0 }, here.doors, here.steps);
    for (const envId of ["alice", "bob"]) standIn.repository.branches.delete(branchOf(envId));
    standIn.repository.pulls.clear();
    const run = await nightly();
    const details = expect.arrayContaining(["bob: branch env-bob is not at GitHub"]);
    for (const options of [{}, { plan: true }, { maxShare: "75" }]) {
      const refused = { code: "too-many-at-once", exit: 5, details };
      await expect(reap(options, run.tools)).rejects.toMatchObject(refused);
    }
    expect(run.outputs()).toEqual({});
    await reap({ plan: true, maxShare: "100" }, run.tools);
    expect(JSON.parse(run.outputs().environments ?? "")).toHaveLength(4);
    await reap({ environment: "carol" }, run.tools);
    expect(await living()).toEqual(["alice", "bob", "pr-7", "staging"]);
  });

  test("of all removes what is gone and what has had its time, and keeps the rest", async () => {
    standIn.repository.branches.delete("env-bob");
    const { record, held } = await hold("alice");
    await held.write({ ...record, expires: new Date(Date.now() - DAY).toISOString() });
    await held.release();
    const run = await nightly();
    await reap({ json: true }, run.tools);
    const { environments: reaped } = JSON.parse(run.stdout()) as { environments: { envId: string; reason: string }[] };
    expect(reaped.map(({ envId, reason }) => `${envId} ${reason}`).sort()).toEqual(["alice expired", "bob gone"]);
    expect(await living()).toEqual(["pr-7", "staging"]);
  });
});

describe("reap on a terminal", () => {
  /** Where no workflow runs, and a person sits who answers so. */
  async function seated(answer: boolean) {
    const asked: string[] = [];
    const confirm = async ({ message }: { message: string }) => asked.push(message) > 0 && answer;
    const run = await nightly();
    const { prompt } = run.tools;
    const tools = {
      ...run.tools,
      prompt: { ...prompt, interactive: true, confirm },
      actions: async () => null,
      github: async () => null,
      reporter: async () => silentReporter,
    };
    return { ...run, tools, asked };
  }
  const remote = (...words: string[]) => here.repository.git("--git-dir", ".paas/remote.git", ...words);

  beforeEach(() => {
    here.repository.git("remote", "add", "local", ".paas/remote.git");
    // Past the hook, which would deploy.
    remote("fetch", "--quiet", here.repository.folder, "+refs/heads/env-*:refs/heads/env-*");
    remote("update-ref", "-d", "refs/heads/env-bob");
    return () => here.repository.git("remote", "remove", "local");
  });

  test("asks, and a no changes nothing", async () => {
    const person = await seated(false);
    await expect(reap({}, person.tools)).rejects.toMatchObject({ code: "not-confirmed", exit: 5 });
    expect(person.asked).toEqual(["Remove bob with everything that is theirs?"]);
    expect(person.stderr()).toContain("bob: branch env-bob is not in remote local");
    expect(await living()).toContain("bob");
    expect(standIn.calls).toEqual([]);
  });

  test("a yes removes it; previews stay, for only GitHub knows of pull requests", async () => {
    standIn.repository.pulls.clear();
    const person = await seated(true);
    await reap({}, person.tools);
    expect(person.stdout()).toBe("bob is removed: branch env-bob is not in remote local\n");
    expect(await living()).toEqual(expect.arrayContaining(["alice", "pr-7", "staging"]));
    expect(await living()).not.toContain("bob");
  });

  test("without that remote nothing is removed", async () => {
    here.repository.git("remote", "set-url", "local", "/nowhere");
    const { tools } = await seated(true);
    await expect(reap({ yes: true }, tools)).rejects.toMatchObject({
      code: "branches-unknown",
      exit: 5,
      details: expect.arrayContaining(["the branches of remote local could not be read"]),
    });
    expect(await living()).toContain("bob");
  });
});

describe("drift", () => {
  test("is told in the summary, and its absence too", async () => {
    const calm = await nightly();
    await drift({}, calm.tools);
    expect(calm.stdout()).toMatch(/^alice {2}no drift\nbob {2}no drift\n/);
    expect(calm.summary()).toContain("| `alice` | no drift |");
    expect(process.exitCode).toBeUndefined();

    const group = await here.doors.groups.find("rg-shop-alice");
    if (!group) throw new Error("alice has no group");
    await here.doors.groups.tag(group, { owner: "s3cret-owner" });
    const run = await nightly();
    await drift({ json: true }, run.tools);
    expect(process.exitCode).toBe(1);
    const text = run.stdout();
    const { environments: compared } = JSON.parse(text) as { environments: { envId: string }[] };
    expect(compared.find(({ envId }) => envId === "alice")).toMatchObject({
      status: "drift",
      resources: [{ type: "azurerm_resource_group", action: "update", attributes: ["tags.owner"] }],
    });
    expect(run.summary()).toMatch(/\| `alice` \| \*\*drift\*\* \| `azurerm_resource_group\.\S+` `tags\.owner` \|/);
    expect(`${text}${run.summary()}${run.stderr()}`).not.toContain("s3cret-owner");
    expect(compared.filter(({ envId }) => envId !== "alice")).toEqual(
      ["bob", "pr-7", "staging"].map((envId) => expect.objectContaining({ envId, status: "none" })),
    );
  });

  test("a group that is gone, and one that no record knows", async () => {
    const { groups, state, signal } = { ...here.doors };
    await groups.delete("rg-shop-bob", signal);
    await state.blobs.delete({ container: "tier-nonprod", key: "envs/alice.json" });
    const run = await nightly();
    await drift({}, run.tools);
    const text = run.stdout();
    expect(text).toMatch(/^alice {2}orphan: rg-shop-alice carries the project's tags, and no record knows it\n/);
    expect(text).toMatch(/^bob {2}missing: its record says running, and rg-shop-bob is gone$/m);
    expect(process.exitCode).toBe(1);
  });
});
