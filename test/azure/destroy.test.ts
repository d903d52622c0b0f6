import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PaasError } from "../../src/errors.js";
import type { Manifest } from "../../src/manifest/manifest.js";
import { findTarget } from "../../src/pipeline/target.js";
import type { BlobRef } from "../../src/state/container.js";
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
  expect(here.doubles.forgotten).toContain("alice of nonprod");
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

test("six throttled answers in a row are waited out", async () => {
  here.azure.faults.add({
    method: "GET",
    url: /resourcegroups/i,
    trouble: { status: 429, code: "TooManyRequests", headers: { "x-ms-retry-after-ms": "20" } },
    times: 6,
  });
  await here.destroy();
  await nothingIsLeft();
  expect(here.azure.faults.unmet()).toEqual([]);
});

test.each(["reset", "reset after"] as const)(
  "a connection that breaks while the group is deleted (%s)",
  async (trouble) => {
    // Terraform leaves the group to us, as it does when it fails.
    here.azure.faults.add({ method: "DELETE", url: /resourcegroups\/rg-shop-alice$/i, trouble });
    here.azure.faults.add({ method: "GET", url: /operationresults/, trouble });
    await here.doors.groups.delete("rg-shop-alice", here.doors.signal);
    expect(resources()).toEqual([]);
    expect(here.azure.faults.unmet()).toEqual([]);
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

test("a deletion that Azure ends without success is told, and the next run goes on from there", async () => {
  const trouble = { status: 409, code: "ResourceGroupDeletionBlocked", message: "Deletion was blocked" };
  here.azure.faults.add({ method: "GET", url: /operationresults/, trouble });
  const deletion = here.doors.groups.delete("rg-shop-alice", here.doors.signal);
  expect(await failure(deletion)).toMatchObject({ code: "group-not-deleted", exit: 1 });
  here.azure.operations.endAll();
  await here.destroy();
  await nothingIsLeft();
});

test("Resource Manager fails for a while", async () => {
  here.azure.faults.add({ url: /management\.azure\.com/, trouble: { status: 503, code: "ServerBusy" } });
  await here.destroy();
  await nothingIsLeft();
});

test("a group deleted by hand while its state exists", async () => {
  here.azure.store.delete(GROUP);
  expect(here.azure.softDeleted.vaults).toHaveLength(1);
  await here.destroy();
  expect([resources(), here.azure.softDeleted.vaults]).toEqual([[], []]);
  expect(await record()).toMatchObject({ state: "destroyed" });
});

test.each([
  ["a state", (): BlobRef[] => [whole.stateRef]],
  ["a state and a record", (): BlobRef[] => [whole.stateRef, whole.recordRef]],
])("%s deleted by hand while the group exists", async (_, lost) => {
  for (const ref of lost()) await here.doors.state.blobs.delete(ref);
  expect(resources().map(({ type }) => type)).toEqual(
    expect.arrayContaining(["azurerm_key_vault", "azurerm_log_analytics_workspace"]),
  );
  const { left } = await here.destroy();
  expect(left).toEqual([]);
  await nothingIsLeft();
  expect(await record()).toMatchObject({ envId: "alice", branch: "env-alice", resourceGroup: "rg-shop-alice" });
  await expect(here.destroy()).resolves.toMatchObject({ alreadyGone: true });
});

test("a foreign group of our name is left alone", async () => {
  const group = here.azure.store.get(GROUP);
  if (!group) throw new Error("the group is missing");
  here.azure.store.put({ ...group, attributes: { ...group.attributes, tags: { owner: "someone" } } });
  expect(await failure(here.destroy())).toMatchObject({ code: "foreign-group", exit: 5 });
  expect(here.azure.store.get(GROUP)).toBeDefined();
});

describe("a record that somebody has written", () => {
  const rewritten = async (change: object) => {
    const text = String(await here.doors.state.blobs.download(whole.recordRef));
    const record = JSON.stringify({ ...JSON.parse(text), ...change });
    await here.doors.state.blobs.upload(whole.recordRef, Buffer.from(record));
  };
  const noted = (...notes: string[]) => {
    const at = new Date().toISOString();
    const step = { name: "soft-deleted", status: "done", startedAt: at, finishedAt: at, notes };
    return { state: "destroying", journal: [step] };
  };
  /** Nothing is left for Terraform, so that a run takes no time. */
  const deletedByHand = async () => {
    here.azure.store.delete(GROUP);
    here.azure.softDeleted.vaults = [];
    await here.doors.state.blobs.delete(whole.stateRef);
  };

  test.each([
    ["environment", { envId: "bob", branch: "env-bob", resourceGroup: "rg-shop-bob" }],
    ["project", { projectId: "zyxwvutsrqponmlkjihgfedcba" }],
  ])("of another %s destroys nothing", async (_, change) => {
    await rewritten(change);
    const before = here.azure.store.list().length;
    expect(await failure(here.destroy())).toMatchObject({ code: "record-foreign", exit: 5 });
    expect(here.azure.store.list()).toHaveLength(before);
  });

  test("names no group of another environment", async () => {
    await deletedByHand();
    await rewritten({ resourceGroup: "rg-shop-bob" });
    expect(await failure(here.destroy())).toMatchObject({ code: "foreign-group" });
    expect(here.azure.store.get(GROUP.replace(/alice$/, "bob"))).toBeDefined();
  });

  test("names no vault and no log workspace of others", async () => {
    await deletedByHand();
    const [workspace] = here.azure.store.list("azurerm_log_analytics_workspace");
    const theirs = `${GROUP.replace(/alice$/, "else")}/providers/Microsoft.KeyVault/vaults/kv-else`;
    const claimed = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-else`;
    here.azure.softDeleted.vaults = [{ id: theirs, name: "kv-else", location: "westeurope", tags: {}, at: new Date() }];
    await rewritten(
      noted(`workspace westeurope ${workspace?.id}`, `vault westeurope ${theirs}`, `vault westeurope ${claimed}`),
    );
    const { left } = await here.destroy();
    expect(here.azure.store.get(workspace?.id ?? "")).toBeDefined();
    expect(here.azure.softDeleted.vaults).toHaveLength(1);
    expect(left).toEqual([expect.stringMatching(/kv-else is kept until .*: its id or its tags are another's/)]);
  });

  test.each(["file:///etc/passwd", "--help", "javascript:alert(1)"])("has no URL like %s", async (url) => {
    await rewritten({ url });
    expect(await failure(findTarget("alice", here.manifest, here.doors))).toMatchObject({ code: "record-broken" });
  });
});

describe("the tier of an environment", () => {
  const elsewhere = (): Manifest => ({ ...here.manifest, overlays: [{ key: "alice", changes: { tier: "prod" } }] });

  test.each(["record", "state", "group"] as const)(
    "is that of its %s, whatever the manifest says by now",
    async (found) => {
      const { blobs } = here.doors.state;
      if (found !== "record") await blobs.delete(whole.recordRef);
      if (found === "group") await blobs.delete(whole.stateRef);
      const { tier, recordRef, stateRef } = await findTarget("alice", elsewhere(), here.doors);
      expect([tier, recordRef, stateRef]).toEqual(["nonprod", whole.recordRef, whole.stateRef]);
    },
  );

  test("decides which registry its images are removed from", async () => {
    here.azure.store.delete(GROUP);
    await here.doors.state.blobs.delete(whole.stateRef);
    await here.destroy("alice", here.doors, elsewhere());
    expect(here.doubles.forgotten).toEqual(["alice of nonprod"]);
  });

  test("that another identity may not see is not looked for", async () => {
    here.azure.faults.add({
      url: /\/tier-prod\//,
      trouble: { status: 403, code: "AuthorizationPermissionMismatch" },
      times: 9,
    });
    expect(await failure(findTarget("nobody", here.manifest, here.doors))).toMatchObject({
      code: "no-such-environment",
    });
  });
});

describe("what Azure knows late", () => {
  test("a group that is gone and still listed is gone", async () => {
    await here.destroy();
    const { name = "", ...rest } = { name: "rg-shop-alice", id: GROUP, location: "westeurope", state: "Succeeded" };
    const tags = { "paas-project-id": here.manifest.id, "paas-env": "alice" };
    const groups = {
      ...here.doors.groups,
      withTag: async function* () {
        yield { name, ...rest, tags };
      },
    };
    const target = await findTarget("alice", here.manifest, { ...here.doors, groups });
    expect(target.group).toBeNull();
  });

  test.each([
    [409, "ConflictError", "Azure refuses to purge it (ConflictError)"],
    [403, "AuthorizationFailed", "this identity may not purge it"],
    [405, "MethodNotAllowed", "Azure refuses to purge it (MethodNotAllowed)"],
  ])("a purge that is answered with %i leaves the vault, and says so", async (status, code, why) => {
    here.azure.faults.add({ method: "POST", url: /deletedVaults/, trouble: { status, code }, times: 20 });
    const { left } = await here.destroy();
    expect(left).toEqual([expect.stringContaining(why)]);
    expect(await record()).toMatchObject({ state: "destroyed" });
  });

  test("a vault that somebody else purges at the same moment is purged", async () => {
    here.azure.faults.add({
      method: "POST",
      url: /deletedVaults/,
      trouble: { status: 404, code: "DeletedVaultNotFound" },
    });
    expect((await here.destroy()).left).toEqual([]);
  });
});
