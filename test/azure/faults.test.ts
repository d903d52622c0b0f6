import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openAzureCloud } from "../../src/azure/cloud.js";
import { containerOf } from "../../src/azure/container.js";
import { signIn } from "../../src/azure/sign-in.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import type { EnvironmentService } from "../../src/environment/environment.js";
import type { PaasError } from "../../src/errors.js";
import { openProject, type Project } from "./project.js";
import { type Snapshot, snapshotOf } from "./snapshot.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { addApplication } from "./stand-in/directory.js";
import { ISSUER, SUBJECT } from "./stand-in/github-oidc.js";

const SLOW = 120_000;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-alice`;

let here: Project;
let whole: Snapshot;
beforeAll(async () => {
  here = await openProject();
  await here.up();
  whole = await snapshotOf(here, "alice");
}, SLOW);
afterAll(() => here?.close());
beforeEach(() => whole.restore());
afterEach(() => {
  vi.useRealTimers();
  here.azure.faults.clear();
  here.azure.containerApps.failing = null;
  here.events.length = 0;
});

const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: PaasError) => error,
  );
const group = () => here.azure.store.get(GROUP);

/** Does something while minutes go by in moments. @returns what came of it, and how many milliseconds it had */
async function inFastTime<T>(work: () => Promise<T>): Promise<{ ended: T; took: number }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const began = Date.now();
  let running = true;
  const ended = work().finally(() => {
    running = false;
  });
  while (running) {
    await vi.advanceTimersByTimeAsync(500);
    await turn();
  }
  return { ended: await ended, took: Date.now() - began };
}

function service(): EnvironmentService {
  const { manifest, session } = here;
  const { subscriptionId } = session;
  const of = { manifest, trusted: manifest, branch: "env-alice", generation: 0, subscriptionId };
  const [found] = describeEnvironment(of).services;
  if (!found) throw new Error("the manifest has no service");
  return found;
}

describe(
  "up, whatever happened before",
  () => {
    test("a group deleted by hand while its state exists is made again", async () => {
      here.azure.store.delete(GROUP);
      const { services } = await here.up();
      expect(services).toMatchObject([{ changed: true }]);
      expect((await here.plan()).resources).toEqual([]);
    });

    test("a state deleted while its group exists is made again from what is there", async () => {
      const before = here.azure.store.under(GROUP).map(({ id }) => id);
      await here.doors.state.blobs.delete(whole.stateRef);
      expect((await here.up()).services).toMatchObject([{ changed: false }]);
      expect(here.azure.store.under(GROUP).map(({ id }) => id)).toEqual(before);
      expect(here.events.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("adopting it"));
    });

    test("a foreign group of our name is left alone", async () => {
      const found = group();
      if (!found) throw new Error("the group is missing");
      here.azure.store.put({ ...found, attributes: { ...found.attributes, tags: { owner: "someone" } } });
      expect(await failure(here.up())).toMatchObject({ code: "foreign-group", exit: 5 });
      expect(group()?.attributes.tags).toEqual({ owner: "someone" });
    });

    test("an environment of another tier is not taken over", async () => {
      const found = group();
      if (!found) throw new Error("the group is missing");
      const tags = { ...(found.attributes.tags as object), "paas-tier": "prod" };
      here.azure.store.put({ ...found, attributes: { ...found.attributes, tags } });
      expect(await failure(here.up())).toMatchObject({ code: "tier-changed", exit: 5 });
    });

    test("a group that is being deleted is waited for", async () => {
      const waiting = here.azure.operations.polls;
      here.azure.operations.polls = 3;
      const deletion = here.doors.groups.delete("rg-shop-alice", here.doors.signal);
      await vi.waitUntil(() => here.azure.groups.deleting.size > 0);
      const { services } = await here.up();
      await deletion;
      here.azure.operations.polls = waiting;
      expect(services).toMatchObject([{ changed: true }]);
      expect(here.events).toContainEqual(expect.objectContaining({ step: "wait", status: "done" }));
    });

    test("a version that does not get healthy fails, with why", async () => {
      here.azure.containerApps.failing = "the container exits at once";
      here.repository.git("switch", "--quiet", "env-alice");
      here.repository.write({ "server.js": "process.exit(1)" });
      here.repository.commit("broken");
      expect(await failure(here.up())).toMatchObject({
        code: "unhealthy",
        message: expect.stringContaining("the container exits at once"),
      });
    });

    test("without the platform of its tier it says what makes it", async () => {
      const { cloud } = here.doors;
      const absent = { ...cloud, platform: { ...cloud.platform, exists: async () => false } };
      expect(await failure(here.up("env-alice", { ...here.doors, cloud: absent }))).toMatchObject({
        code: "no-platform",
        next: expect.stringContaining("paas bootstrap --tier nonprod"),
      });
    });
  },
  SLOW,
);

describe(
  "Azure has trouble",
  () => {
    const throttled = { status: 429, code: "TooManyRequests", headers: { "retry-after": "10" } };

    test("429 for a minute is waited out, as long as Azure says", async () => {
      here.azure.faults.add({ url: /resourcegroups/i, trouble: throttled, times: 6 });
      const { ended, took } = await inFastTime(() => here.doors.groups.find("rg-shop-alice"));
      expect(ended).toMatchObject({ name: "rg-shop-alice" });
      expect(took).toBeGreaterThanOrEqual(60_000);
    });

    test.each([
      ["the PATCH that deploys", "PATCH", /containerApps/i],
      ["a poll of its operation", "GET", /operationresults/],
    ] as const)("429 for a minute is waited out by %s", async (_, method, url) => {
      const [app] = here.azure.store.list("azurerm_container_app").filter(({ id }) => id.includes("alice"));
      const revisions = () => here.azure.store.history(app?.id ?? "")?.revisions.length ?? 0;
      const before = revisions();
      here.azure.faults.add({ method, url, trouble: throttled, times: 6 });
      const container = containerOf(service(), "mcr.microsoft.com/k8se/quickstart:latest", []);
      const name = String(app?.attributes.name);
      const { ended, took } = await inFastTime(() => here.doors.apps.deploy("rg-shop-alice", name, container, []));
      expect(ended).toMatchObject({ name, image: container.image });
      expect(took).toBeGreaterThanOrEqual(60_000);
      expect(here.azure.faults.unmet()).toEqual([]);
      expect(revisions()).toBe(before + 1);
    });

    test("429 that does not end is given up, within bounds", async () => {
      here.azure.faults.add({ url: /resourcegroups/i, trouble: throttled, times: 100 });
      const { ended, took } = await inFastTime(() => failure(here.doors.groups.find("rg-shop-alice")));
      expect(ended).toMatchObject({ exit: 1, message: expect.stringContaining("rg-shop-alice") });
      expect(took).toBeLessThan(15 * 60_000);
    });

    test("an answer of ARM's with 5xx is asked again", async () => {
      here.azure.faults.add({ url: /resourcegroups/i, trouble: { status: 500, code: "InternalServerError" } });
      expect(await here.doors.groups.find("rg-shop-alice")).not.toBeNull();
    });

    test("one that stays is put into words, within bounds", async () => {
      const trouble = { status: 503, code: "ServiceUnavailable", message: "West Europe is down" };
      here.azure.faults.add({ url: /resourcegroups/i, trouble, times: 100 });
      const { ended, took } = await inFastTime(() => failure(here.doors.groups.find("rg-shop-alice")));
      expect(ended).toMatchObject({
        code: "azure-failed",
        exit: 1,
        message: "could not read the resource group rg-shop-alice: 503 ServiceUnavailable",
        details: ["West Europe is down"],
      });
      expect(took).toBeGreaterThan(1000);
      expect(took).toBeLessThan(5 * 60_000);
    });

    test("a refusal is not asked again, and put into words", async () => {
      here.azure.faults.add({ url: /resourcegroups/i, trouble: { status: 400, code: "BadRequest", message: "no" } });
      expect(await failure(here.doors.groups.find("rg-shop-alice"))).toMatchObject({
        code: "azure-failed",
        message: "could not read the resource group rg-shop-alice: 400 BadRequest",
        details: ["no"],
      });
    });

    test.each(["reset", "reset after"] as const)(
      "a connection that breaks while a version is deployed (%s)",
      async (trouble) => {
        here.repository.git("switch", "--quiet", "env-alice");
        here.repository.write({ "server.js": `// ${trouble}` });
        here.repository.commit(trouble);
        here.azure.faults.add({ method: "PATCH", url: /containerApps/i, trouble });
        here.azure.faults.add({ method: "GET", url: /operationresults/, trouble });
        expect((await here.up()).services).toMatchObject([{ changed: true }]);
        expect(here.azure.faults.unmet()).toEqual([]);
      },
    );

    test("a version that only starts and never ends doing so has failed once its time is over", async () => {
      const [app] = here.azure.store.list("azurerm_container_app").filter(({ id }) => id.includes("alice"));
      const { settled } = here.doors.apps;
      const state = await settled("rg-shop-alice", String(app?.attributes.name), "unheard-of", 300, here.doors.signal);
      expect(state).toMatchObject({ state: "failed", reason: "not healthy after 0.3 s" });
    });

    test.each(["o'neil", "50% & more, #1", "a' or tagName eq 'b"])("groups are found by a tag of %s", async (owner) => {
      const { groups } = here.doors;
      await groups.make("rg-else", "westeurope", { owner });
      const found: string[] = [];
      for await (const { name } of groups.withTag("owner", owner)) found.push(name);
      here.azure.store.delete(GROUP.replace(/rg-shop-alice$/, "rg-else"));
      expect(found).toEqual(["rg-else"]);
    });

    test("a role that is missing is said to be missing", async () => {
      here.azure.faults.add({
        url: /resourcegroups/i,
        trouble: { status: 403, code: "AuthorizationFailed", message: "no right" },
      });
      expect(await failure(here.doors.groups.find("rg-shop-alice"))).toMatchObject({ code: "not-allowed", exit: 4 });
    });
  },
  SLOW,
);

test(
  "Terraform and its backend sign in to Azure as the job does, by identity tokens of their own",
  async () => {
    const federated = [{ issuer: ISSUER, subject: SUBJECT, audience: "api://AzureADTokenExchange" }];
    const { clientId } = addApplication(here.azure.directory, { federated });
    const { ARM_CLIENT_SECRET: _, ...others } = here.variables;
    const variables = { ...others, ...here.azure.github.variables };
    const chosen = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
    const session = await signIn({ ...variables, ARM_CLIENT_ID: clientId }, chosen, here.azure.clientOptions);
    const before = here.azure.entra.assertions.length;
    const cloud = openAzureCloud(
      { manifest: here.manifest, variables },
      session,
      here.doubles,
      here.azure.clientOptions,
    );
    await here.up("env-alice", { ...here.doors, cloud });
    const used = here.azure.entra.assertions.slice(before);
    expect(new Set(used).size).toBe(used.length);
    expect(here.azure.github.askedBy).toContainEqual(expect.stringMatching(/^core-rest-pipeline/));
    expect(here.azure.github.askedBy).toContainEqual(expect.not.stringMatching(/^core-rest-pipeline/));
  },
  SLOW,
);
