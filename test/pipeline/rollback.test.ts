import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Doors } from "../../src/pipeline/doors.js";
import { deploymentToGoBackTo, rollback } from "../../src/pipeline/rollback.js";
import { findSource } from "../../src/pipeline/source.js";
import { up } from "../../src/pipeline/up.js";
import type { Deployment } from "../../src/state/record.js";
import { FIRST_RUN, type Surroundings, surroundings } from "./surroundings.js";

const deployment = (commit: string, at: string): Deployment => ({ commit, at, services: {} });

describe("where to", () => {
  const [a, b, c] = ["aaaa1111", "bbbb2222", "bbbb3333"];
  test.each<[string, string[], string | null, string]>([
    ["the one before", [b, a], null, a],
    ["past repetitions of the one that serves", [b, b, b, a], null, a],
    ["a second time undoes the first", [a, b, a], null, b],
    ["the newest of others, not the oldest", [c, b, a], null, b],
    ["a named one", [c, b, a], "aaaa", a],
    ["a named one in capitals", [c, b, a], "BBBB2", b],
    ["the one that serves, to repair it", [c, b, a], c, c],
  ])("%s", (_, commits, to, expected) => {
    const deployments = commits.map((commit, index) => deployment(commit, `2026-01-0${9 - index}T00:00:00Z`));
    const found = deploymentToGoBackTo({ envId: "alice", deployments }, to);
    // The newest of its commit: its images are the likeliest to be there.
    expect(found).toBe(deployments.find(({ commit }) => commit === expected));
  });

  test.each<[string, string[], string | null, string]>([
    ["nothing was ever deployed", [], null, "nothing-to-go-back-to"],
    ["only one commit ever was", [a, a], null, "nothing-to-go-back-to"],
    ["never deployed", [b, a], "cccc", "not-deployed"],
    ["the beginning of two", [c, b, a], "bbbb", "not-deployed"],
  ])("%s: an error", (_, commits, to, code) => {
    const deployments = commits.map((commit) => deployment(commit, "2026-01-01T00:00:00Z"));
    const go = () => deploymentToGoBackTo({ envId: "alice", deployments }, to);
    expect(go).toThrow(expect.objectContaining({ code, exit: 3, next: expect.stringContaining("paas up alice") }));
  });
});

describe("an environment with two versions", () => {
  const ref = { container: "tier-nonprod", key: "envs/alice.json" };
  let here: Surroundings;

  beforeAll(async () => {
    here = await surroundings();
    await up({ source: await here.source("env-alice"), lockTimeout: 0 }, here.doors, here.steps);
    here.repository.git("switch", "--quiet", "env-alice");
    here.repository.write({ "more.txt": "two" });
    here.repository.commit("two");
    await up({ source: await here.source("env-alice"), lockTimeout: 0 }, here.doors, here.steps);
  }, FIRST_RUN);
  afterAll(() => here.close());

  const recordNow = async () => {
    const found = await here.doors.state.records.read(ref);
    if (!found) throw new Error("alice has no record");
    return found.record;
  };
  const request = async () => {
    const record = await recordNow();
    const chosen = deploymentToGoBackTo(record, null);
    const source = await findSource(here.doors.git, here.doors.git, "env-alice", chosen.commit);
    return { source, deployment: chosen, newest: record.deployments[0]?.at ?? "", lockTimeout: 0 };
  };
  const image = async () => (await recordNow()).services.web?.image;

  test("an image that is gone is named, and nothing is touched", async () => {
    const before = await recordNow();
    const { cloud } = here.doors;
    const doors: Doors = { ...here.doors, cloud: { ...cloud, hasImage: async () => false } };
    const gone = before.deployments[1]?.services.web?.image ?? "";
    const failure = { code: "image-gone", message: expect.stringContaining(gone) };
    await expect(rollback(await request(), doors, here.steps)).rejects.toMatchObject(failure);
    expect(await recordNow()).toEqual(before);
    expect(await cloud.hasImage(gone, "nonprod")).toBe(true);
    expect(await cloud.hasImage(gone.replace(/[0-9a-f]{64}$/, "0".repeat(64)), "nonprod")).toBe(false);
  });

  test("goes back by digest, without Terraform and without a build, and is a deployment like any other", async () => {
    const before = await recordNow();
    const wanted = before.deployments[1];
    here.events.length = 0;
    const state = await here.doors.state.blobs.download({ container: "tier-nonprod", key: "state/alice.tfstate" });
    const doors: Doors = { ...here.doors, terraform: () => Promise.reject(new Error("Terraform was asked for")) };
    const outcome = await rollback(await request(), doors, here.steps);
    expect(outcome).toMatchObject({ commit: wanted?.commit, services: [{ name: "web", changed: true }] });
    const steps = here.events.filter(({ status }) => status === "done").map(({ step }) => step);
    expect(steps).toEqual(["lock", "images", "deploy web", "record"]);
    const after = await recordNow();
    expect(after).toMatchObject({ state: "running", commit: wanted?.commit, services: wanted?.services });
    expect(after.deployments.map(({ commit }) => commit)).toEqual([
      wanted?.commit,
      ...before.deployments.map(({ commit }) => commit),
    ]);
    expect(await here.doors.state.blobs.download({ container: "tier-nonprod", key: "state/alice.tfstate" })).toEqual(
      state,
    );
    expect((await here.doors.groups.find(after.resourceGroup))?.tags["paas-commit"]).toBe(wanted?.commit);
  });

  test("a deployment that came in between is not gone back from unseen", async () => {
    const chosen = await request();
    await up({ source: await here.source("env-alice"), lockTimeout: 0 }, here.doors, here.steps);
    const serving = await image();
    await expect(rollback(chosen, here.doors, here.steps)).rejects.toMatchObject({ code: "environment-changed" });
    expect(await image()).toBe(serving);
  });

  test("a lock that another run holds is waited for no longer than told", async () => {
    const held = await here.doors.state.records.hold(ref, { operation: "up" });
    await expect(rollback(await request(), here.doors, here.steps)).rejects.toMatchObject({ exit: 6 });
    await held.release();
  });
});
