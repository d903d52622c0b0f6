import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { destroy } from "../../src/pipeline/destroy.js";
import type { Doors } from "../../src/pipeline/doors.js";
import { plan } from "../../src/pipeline/plan.js";
import { findTarget } from "../../src/pipeline/target.js";
import { up } from "../../src/pipeline/up.js";
import { FIRST_RUN, type Surroundings, surroundings } from "./surroundings.js";

const DAY = 24 * 3600 * 1000;

let here: Surroundings;

beforeAll(async () => {
  here = await surroundings();
}, FIRST_RUN);
afterAll(() => here.close());

const runUp = async (doors: Doors = here.doors) =>
  up({ source: await here.source("env-alice"), lockTimeout: 0 }, doors, here.steps);
const runPlan = async (doors: Doors = here.doors) => plan(await here.source("env-alice"), doors, here.steps);

describe("up, then plan", () => {
  test(
    "an environment comes up, and the next plan is empty",
    async () => {
      const { environment, services } = await runUp();
      expect(services).toMatchObject([{ name: "web", changed: true }]);
      expect((await here.doors.groups.find(environment.resourceGroup))?.tags).toMatchObject(environment.tags);
      expect((await runPlan()).resources).toEqual([]);
    },
    FIRST_RUN,
  );

  test("a day and a CLI version later nothing would change", async () => {
    const { environment } = await runUp();
    const group = await here.doors.groups.find(environment.resourceGroup);
    if (!group) throw new Error("the group is missing");
    const tomorrow = new Date(Date.now() + DAY);
    await here.doors.groups.tag(group, { "paas-version": "99.0.0", "paas-expires": tomorrow.toISOString() });
    expect((await runPlan({ ...here.doors, now: () => tomorrow })).resources).toEqual([]);
  });

  test("plan writes neither state nor record and takes no lock", async () => {
    const { environment } = await runUp();
    const held = await here.doors.state.records.hold(environment.record, { operation: "test" });
    const before = await here.doors.state.blobs.download(environment.state);
    await runPlan();
    expect(await here.doors.state.blobs.download(environment.state)).toEqual(before);
    await held.release();
  });

  test("a service is left alone until its files or settings change", async () => {
    expect((await runUp()).services).toMatchObject([{ changed: false }]);
    here.repository.git("switch", "--quiet", "env-alice");
    here.repository.write({ "docs.md": "more" });
    here.repository.commit("files of the service");
    expect((await runUp()).services).toMatchObject([{ changed: true }]);
    here.repository.write({ "infra/README.md": "not the app's" });
    here.repository.commit("files of the project");
    expect((await runUp()).services).toMatchObject([{ changed: false }]);
  });
});

describe("where Terraform cannot reach the state account", () => {
  const throughFile = (): Doors => {
    const { cloud } = here.doors;
    return { ...here.doors, cloud: { ...cloud, terraform: { ...cloud.terraform, stateThroughFile: true } } };
  };

  test("the state passes through a file and is back in the account after the run", async () => {
    const doors = throughFile();
    const { environment } = await runUp(doors);
    expect(here.events).toContainEqual(expect.objectContaining({ status: "warning" }));
    const state = JSON.parse(String(await doors.state.blobs.download(environment.state))) as { resources: unknown[] };
    expect(state.resources.length).toBeGreaterThan(0);
    expect((await runPlan()).resources).toEqual([]);
  });

  test("a state that is lost is made again from what is there, and nothing else changes", async () => {
    const { environment } = await runUp();
    const members = await here.doors.groups.members(environment.resourceGroup);
    await here.doors.state.blobs.delete(environment.state);

    const { services } = await runUp();
    expect(services).toMatchObject([{ changed: false }]);
    expect(here.events.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^azurerm_resource_group.* adopting it$/),
    );
    expect(await here.doors.groups.members(environment.resourceGroup)).toEqual(members);
    expect((await runPlan()).resources).toEqual([]);
  });

  test("destroy removes it", async () => {
    const doors = throughFile();
    const { trusted } = await here.source("env-alice");
    const target = await findTarget("alice", trusted, doors);
    const { steps } = await destroy(target, 0, doors, here.steps);
    expect(steps.map(({ name }) => name)).toEqual(["tombstone", "terraform", "resource group", "images", "state"]);
    expect(await doors.state.blobs.exists(target.stateRef)).toBe(false);
    expect(await doors.groups.find(target.group?.name ?? "")).toBeNull();
  });
});
