import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLocalRemote } from "../../src/cloud.js";
import { rollback } from "../../src/commands/rollback.run.js";
import { up } from "../../src/pipeline/up.js";
import { FIRST_RUN, type Surroundings, surroundings } from "../pipeline/surroundings.js";
import { standInForTest } from "./open.js";
import { dispatchPayload } from "./payloads.js";
import type { StandIn } from "./stand-in.js";
import { workflowStep } from "./workflow-run.js";

let here: Surroundings;
let standIn: StandIn;
let first: string;

beforeAll(async () => {
  here = await surroundings();
  await createLocalRemote(here.repository.folder);
  first = here.repository.git("rev-parse", "env-alice");
  await up({ source: await here.source("env-alice"), lockTimeout: 0 }, here.doors, here.steps);
  here.repository.git("switch", "--quiet", "env-alice");
  here.repository.write({ "more.txt": "two" });
  here.repository.commit("two");
  here.repository.git("switch", "--quiet", "main");
  await up({ source: await here.source("env-alice"), lockTimeout: 0 }, here.doors, here.steps);
}, FIRST_RUN);
afterAll(() => here.close());

beforeEach(async () => {
  standIn = await standInForTest();
});

const step = () => {
  const payload = dispatchPayload({ action: "rollback", environment: "alice" });
  return workflowStep(here, { event: "workflow_dispatch", payload, standIn });
};

test("a rollback by hand of a branch that is gone does nothing and says so", async () => {
  const run = await step();
  await rollback({}, run.tools);
  expect(run.stderr()).toContain("::notice::branch env-alice does not exist any more: nothing was done\n");
  expect(standIn.repository.deployments).toEqual([]);
});

test("a rollback by hand is told as a deployment of the commit that it goes back to", async () => {
  standIn.repository.branches.add("env-alice");
  const run = await step();
  await rollback({ lockTimeout: "10m" }, run.tools);
  const url = run.stdout().trim();
  expect(run.outputs()).toEqual({ environment: "alice", url, "resource-group": "rg-shop-alice" });
  expect(standIn.repository.deployments).toMatchObject([
    {
      ref: first,
      task: "paas:alice",
      environment: "paas-branch",
      statuses: [{ state: "in_progress" }, { state: "success" }],
    },
  ]);
  expect(standIn.repository.statuses.at(-1)).toMatchObject({ sha: first, context: "paas/alice", state: "success" });
  expect(run.summary()).toContain("## Environment `alice` is rolled back");
});

test("one that fails is told too", async () => {
  standIn.repository.branches.add("env-alice");
  const run = await step();
  const { cloud } = here.doors;
  run.tools.cloud = async () => ({ ...cloud, hasImage: async () => false });
  await expect(rollback({}, run.tools)).rejects.toMatchObject({ code: "image-gone" });
  expect(run.summary()).toContain("## Rolling back `alice` failed");
  expect(standIn.repository.statuses.at(-1)).toMatchObject({ state: "failure" });
});
