import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PaasError } from "../../src/errors.js";
import { destroy } from "../../src/pipeline/destroy.js";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { findTarget } from "../../src/pipeline/target.js";
import { MANIFEST, openProject, type Project } from "./project.js";
import { type Snapshot, snapshotOf } from "./snapshot.js";
import { SUBSCRIPTION } from "./stand-in/core.js";

const FIRST_RUN = 120_000;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-alice`;
const STEPS = ["tombstone", "soft-deleted", "terraform", "resource group", "purge", "images", "state"];

let here: Project;
let whole: Snapshot;
beforeAll(async () => {
  const withSecret = MANIFEST.replace("port: 3000 }", "port: 3000, secrets: [STRIPE_KEY] }");
  here = await openProject(`${withSecret}isolation: dedicated\n`, { PAAS_SECRET_STRIPE_KEY: "sk_live_canary" });
  await here.up();
  whole = await snapshotOf(here, "alice");
}, FIRST_RUN);
afterAll(() => here?.close());
beforeEach(() => whole.restore());
afterEach(() => {
  here.azure.faults.clear();
  here.azure.softDeleted.mayPurge = true;
  here.azure.locks.remove("keep");
});

const resources = () => here.azure.store.list().filter(({ id }) => id.toLowerCase().startsWith(GROUP.toLowerCase()));
const record = async () => (await here.doors.state.records.read(whole.recordRef))?.record;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: PaasError) => error,
  );

async function nothingIsLeft(): Promise<void> {
  expect(resources()).toEqual([]);
  expect(here.azure.softDeleted.vaults).toEqual([]);
  expect(here.azure.softDeleted.workspaces).toEqual([]);
  expect(await here.doors.state.blobs.exists(whole.stateRef)).toBe(false);
  expect(await record()).toMatchObject({ state: "destroyed" });
  expect(here.doubles.forgotten).toContain("alice");
}

/** A destroy that ends at a moment, as a run does whose process is gone. */
async function stoppedAt(moment: (event: Event) => boolean): Promise<void> {
  const steps = stepsOf(
    (event) => {
      if (moment(event)) throw new Error("killed");
    },
    () => performance.now(),
  );
  const target = await findTarget("alice", here.manifest, here.doors);
  expect((await failure(destroy(target, 0, here.doors, steps))).message).toBe("killed");
}

test("each step is told and journalled, and nothing is left but the tombstone", async () => {
  expect(resources().map(({ type }) => type)).toEqual(
    expect.arrayContaining(["azurerm_key_vault", "azurerm_log_analytics_workspace", "azurerm_container_app"]),
  );
  const { steps, left } = await here.destroy();
  expect(steps.map(({ name }) => name)).toEqual(STEPS);
  expect((await record())?.journal.map(({ name, status }) => `${name} ${status}`)).toEqual(
    STEPS.map((name) => `${name} done`),
  );
  expect(left).toEqual([]);
  await nothingIsLeft();
});

describe.each(STEPS)("stopped at %s and run again", (step) => {
  test.each(["started", "done"])("%s", async (status) => {
    await stoppedAt((event) => event.step === step && event.status === status);
    await here.destroy();
    await nothingIsLeft();
  });
});

test("log workspaces are deleted for good while their group is still there", async () => {
  const before = here.azure.requests.length;
  await here.destroy();
  const asked = here.azure.requests.slice(before).filter((request) => request.startsWith("DELETE https://management"));
  expect(asked).toEqual([expect.stringMatching(/rg-shop-alice\/.*\/workspaces\/[^/?]+\?force=true&/)]);
  expect(here.azure.softDeleted.workspaces).toEqual([]);
});

test("a vault that may not be purged is told and no error", async () => {
  here.azure.softDeleted.mayPurge = false;
  const { left } = await here.destroy();
  expect(left).toEqual([
    expect.stringMatching(/^the deleted vault kv-\S+ is kept until \d{4}-\d\d-\d\d: this identity may not purge it/),
  ]);
  expect(here.azure.softDeleted.vaults).toHaveLength(1);
  expect(await record()).toMatchObject({ state: "destroyed" });
});

test.each(["CanNotDelete", "ReadOnly"] as const)("a %s lock refuses it before anything is begun", async (level) => {
  here.azure.locks.add({ name: "keep", scope: GROUP, level, notes: "ask Ann" });
  const before = resources().length;
  expect(await failure(here.destroy())).toMatchObject({
    code: "scope-locked",
    exit: 5,
    details: [expect.stringContaining(`keep (${level}) ask Ann`)],
  });
  expect(resources()).toHaveLength(before);
  expect(await record()).toMatchObject({ state: "running" });
});

test("a group whose deletion is under way is waited for", async () => {
  here.azure.faults.add({
    method: "DELETE",
    url: /resourcegroups\/rg-shop-alice$/i,
    trouble: { status: 409, code: "ResourceGroupBeingDeleted" },
  });
  const deletion = here.doors.groups.delete("rg-shop-alice", here.doors.signal);
  here.azure.store.delete(GROUP);
  await deletion;
});

test("throttling for a minute is waited out as Azure says", async () => {
  here.azure.faults.add({
    method: "GET",
    url: /resourcegroups/i,
    trouble: { status: 429, code: "TooManyRequests", headers: { "x-ms-retry-after-ms": "20" } },
    times: 6,
  });
  await here.destroy();
  await nothingIsLeft();
});

test.each(["reset", "reset after"] as const)(
  "a connection that breaks while the group is deleted (%s)",
  async (trouble) => {
    // Terraform leaves the group to us, as it does when it fails.
    here.azure.faults.add({ method: "DELETE", url: /resourcegroups\/rg-shop-alice$/i, trouble });
    here.azure.faults.add({ method: "GET", url: /operationresults/, trouble });
    await here.doors.groups.delete("rg-shop-alice", here.doors.signal);
    expect(resources()).toEqual([]);
  },
);

test("a role from before there were release commands destroys all the same", async () => {
  const { cloud } = here.doors;
  const clearReleases = async () => {
    throw new PaasError("not-allowed", "could not list the jobs of rg-shop-alice");
  };
  here.events.length = 0;
  await here.destroy("alice", { ...here.doors, cloud: { ...cloud, clearReleases } });
  expect(here.events.filter(({ status }) => status === "warning")).toMatchObject([
    { detail: expect.stringContaining("were not looked for: could not list the jobs of rg-shop-alice") },
  ]);
  await nothingIsLeft();
});

test("Resource Manager fails for a while", async () => {
  here.azure.faults.add({ url: /management\.azure\.com/, trouble: { status: 503, code: "ServerBusy" } });
  await here.destroy();
  await nothingIsLeft();
});

test("a group deleted by hand while its state exists", async () => {
  here.azure.store.delete(GROUP);
  await here.destroy();
  expect(resources()).toEqual([]);
  expect(await record()).toMatchObject({ state: "destroyed" });
});

test("a foreign group of our name is left alone", async () => {
  const group = here.azure.store.get(GROUP);
  if (!group) throw new Error("the group is missing");
  here.azure.store.put({ ...group, attributes: { ...group.attributes, tags: { owner: "someone" } } });
  expect(await failure(here.destroy())).toMatchObject({ code: "foreign-group", exit: 5 });
  expect(here.azure.store.get(GROUP)).toBeDefined();
});
