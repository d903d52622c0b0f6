import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openReleases } from "../../src/azure/release.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { describePlatform, platformOf } from "../../src/environment/platform.js";
import type { PaasError } from "../../src/errors.js";
import { doubles } from "./doubles.js";
import { MANIFEST, type MakeParts, openProject, type Project } from "./project.js";
import { SUBSCRIPTION } from "./stand-in/core.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const LONG = 120_000;
const CANARY = "sk_live_canary_of_the_release";
const WITH_RELEASE = `${MANIFEST.replace(
  "port: 3000 }",
  "port: 3000, secrets: [STRIPE_KEY], release: sh -c 'migrate --all' }",
)}isolation: dedicated\n`;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-alice`;

/** Release commands on the stand-in, watched closely. */
const releases: (limit: number, ...from: Parameters<MakeParts>) => ReturnType<typeof openReleases> = (
  limit,
  { manifest },
  { subscriptionId, tenantId, credential },
  { clientOptions },
) => {
  const description = describePlatform({ manifest, tier: "nonprod", subscriptionId });
  return openReleases({
    arm: { url: "https://management.azure.com", credential, options: clientOptions },
    subscriptionId,
    platform: () => platformOf(description, subscriptionId, tenantId),
    patience: { wait: (_, signal) => sleep(2, undefined, { signal }), limit },
  });
};

let here: Project;
beforeAll(async () => {
  here = await openProject(WITH_RELEASE, { PAAS_SECRET_STRIPE_KEY: CANARY }, (...from) => {
    const { release: run, clear } = releases(60_000, ...from);
    return { ...doubles(), release: run, clearReleases: clear };
  });
  await here.up();
}, LONG);
afterAll(() => here?.close());
beforeEach(() => {
  here.azure.jobs.reset();
  here.azure.logs.executions = [];
  here.azure.faults.clear();
  here.events.length = 0;
  here.azure.requests.length = 0;
});

const executions = () => here.azure.jobs.executions;
const jobsLeft = () => here.azure.store.list("azurerm_container_app_job");
const appId = () => here.azure.store.list("azurerm_container_app").find(({ id }) => id.startsWith(GROUP))?.id ?? "";
const serving = () => here.azure.store.history(appId())?.revisions.filter(({ state }) => state === "ready");
const script = (more: Partial<typeof here.azure.jobs.script>) =>
  Object.assign(here.azure.jobs, { script: { ...here.azure.jobs.script, ...more } });
const asked = (method: string, part: RegExp) =>
  here.azure.requests.findIndex((request) => request.startsWith(`${method} `) && part.test(request));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: PaasError) => error,
  );

/** A new version of alice, which has something to release. */
function change(text: string): void {
  here.repository.git("switch", "--quiet", "env-alice");
  here.repository.write({ "server.js": `// ${text}` });
  here.repository.commit("change");
}

/** The command alone, without the rest of a run. */
function release({ signal = new AbortController().signal, limit = 60_000 } = {}) {
  const { manifest } = here;
  const request = { manifest, trusted: manifest, branch: "env-alice", generation: 0, subscriptionId: SUBSCRIPTION };
  const environment = describeEnvironment(request);
  const [service] = environment.services;
  if (!service) throw new Error("no service");
  const digest = `sha256:${"a".repeat(64)}`;
  const lines: string[] = [];
  const told: string[] = [];
  const ended = releases(limit, here, here.session, here.azure).release({
    environment,
    service,
    image: { reference: `cr.azurecr.io/shop/web@${digest}`, digest, cached: false },
    command: ["migrate", "--all"],
    env: [],
    secrets: [],
    onLine: (line) => lines.push(line),
    tell: (detail) => told.push(detail),
    signal,
  });
  return { ended, lines, told };
}

/** What a run leaves whose process is gone while the command runs. */
async function leftByAKilledRun(): Promise<void> {
  script({ looks: Number.POSITIVE_INFINITY });
  const stop = new AbortController();
  const { ended } = release({ signal: stop.signal });
  await vi.waitUntil(() => executions().length > 0, LONG);
  const [job] = jobsLeft();
  stop.abort();
  await failure(ended);
  if (!job) throw new Error("there was no job");
  here.azure.store.put(job);
  for (const execution of executions()) execution.status = "Running";
  script({ looks: 1 });
  here.azure.requests.length = 0;
}

describe(
  "a release command in a run",
  () => {
    test("runs in the new image before traffic moves, with the app's own surroundings", async () => {
      change("better");
      script({ looks: 3, output: { lines: ["migrating", "2 tables"], streamed: true } });
      const { services } = await here.up();
      expect(services).toMatchObject([{ name: "web", changed: true }]);
      const [execution] = executions();
      expect(execution).toMatchObject({ status: "Succeeded", group: "rg-shop-alice" });
      expect(execution?.job).toMatch(/^caj-.*web-[a-z2-7]{8}$/);
      const container = { name: "web", image: services[0]?.image, command: ["sh", "-c", "migrate --all"] };
      expect(execution?.envelope).toMatchObject({
        tags: { "paas-env": "alice", "paas-release": "web" },
        properties: {
          environmentId: here.azure.store.get(appId())?.attributes.container_app_environment_id,
          configuration: { replicaTimeout: 600, replicaRetryLimit: 0, manualTriggerConfig: { parallelism: 1 } },
          template: { containers: [container] },
        },
      });
      const told = here.events.filter(({ step }) => step === "release web");
      expect(told.filter(({ status }) => status === "line").map(({ detail }) => detail)).toEqual([
        "migrating",
        "2 tables",
      ]);
      expect(told).toContainEqual({ step: "release web", status: "progress", detail: "running, 0 s" });
      expect(jobsLeft()).toEqual([]);
      expect(asked("DELETE", /\/jobs\//)).toBeLessThan(asked("PATCH", /containerApps/));
    });

    test("that fails leaves traffic where it is, gets secrets by reference alone, and says why it failed", async () => {
      change("worse");
      const before = serving();
      script({ failed: true, code: 3, output: { lines: ["no such column"], streamed: true } });
      expect(await failure(here.up())).toMatchObject({
        code: "release-failed",
        message: "the release command of web failed: `sh -c migrate --all` exited with code 3",
        details: ["no such column"],
        next: expect.stringContaining("what ran before goes on serving"),
      });
      expect(serving()).toEqual(before);
      expect(asked("PATCH", /containerApps/)).toBe(-1);
      expect(jobsLeft()).toEqual([]);

      const { properties } = executions()[0]?.envelope ?? {};
      expect(properties?.configuration.secrets).toEqual([
        {
          name: "stripe-key",
          keyVaultUrl: expect.stringMatching(/^https:\/\/kv-.*\/secrets\/stripe-key$/),
          identity: expect.stringContaining("/userAssignedIdentities/id-shop-alice"),
        },
      ]);
      const reference = { name: "STRIPE_KEY", secretRef: "stripe-key" };
      expect(properties?.template.containers[0]?.env).toContainEqual(reference);
      expect([...here.doubles.values.values()]).toContain(CANARY);
      expect(JSON.stringify([executions(), here.events])).not.toContain(CANARY);
    });
  },
  LONG,
);

describe("a release command", () => {
  test("whose replica has no stream any more is heard through the log workspace", async () => {
    script({ failed: true, code: null, output: { lines: [], streamed: false } });
    const { ended, lines } = release();
    await vi.waitUntil(() => executions().length > 0, LONG);
    here.azure.logs.executions = [["2026-11-21T10:00:00Z", executions()[0]?.name ?? "", "gone at once"]];
    expect(await failure(ended)).toMatchObject({
      message: expect.stringContaining("failed; Azure does not say with which code"),
      details: ["gone at once"],
    });
    expect(lines).toEqual(["gone at once"]);
  });

  test("whose stream refuses is not asked for it again", async () => {
    const trouble = { status: 403, code: "Forbidden", message: "no right" };
    here.azure.faults.add({ url: /\/logstream$/, trouble, times: Number.POSITIVE_INFINITY });
    script({ looks: 20, output: { lines: ["unheard"], streamed: true } });
    const { ended, lines } = release();
    await ended;
    expect(lines).toEqual([]);
    expect(here.azure.requests.filter((request) => /\/logstream/.test(request))).toHaveLength(1);
  });

  test("that hangs is stopped when its time is over", async () => {
    script({ looks: Number.POSITIVE_INFINITY, output: { lines: ["waiting for a lock"], streamed: true } });
    expect(await failure(release({ limit: 50 }).ended)).toMatchObject({
      code: "release-failed",
      message: "the release command of web failed: `migrate --all` did not end within 0.05 s",
      details: ["waiting for a lock"],
    });
    expect(executions()).toMatchObject([{ status: "Stopped" }]);
    expect(jobsLeft()).toEqual([]);
  });

  test("is stopped with its run", async () => {
    script({ looks: Number.POSITIVE_INFINITY });
    const stop = new AbortController();
    const { ended, told } = release({ signal: stop.signal });
    await vi.waitUntil(() => told.length > 0, LONG);
    stop.abort();
    expect(await failure(ended)).toMatchObject({ code: "aborted", message: "stopped `migrate --all`" });
    expect(executions()).toMatchObject([{ status: "Stopped" }]);
    expect(jobsLeft()).toEqual([]);
  });

  test("that somebody else stops has failed", async () => {
    script({ looks: Number.POSITIVE_INFINITY, output: { lines: ["migrating"], streamed: true } });
    const { ended, told } = release();
    await vi.waitUntil(() => told.length > 0, LONG);
    for (const execution of executions()) execution.status = "Stopped";
    expect(await failure(ended)).toMatchObject({ message: expect.stringContaining("was stopped in Azure") });
  });

  test("is not begun twice when the connection breaks as it starts", async () => {
    here.azure.faults.add({ method: "POST", url: /\/start$/, trouble: "reset after" });
    await release().ended;
    expect(executions()).toMatchObject([{ status: "Succeeded" }]);
  });

  test("is not begun twice either where what was begun is listed some seconds later", async () => {
    here.azure.faults.add({ method: "POST", url: /\/start$/, trouble: "reset after" });
    script({ listedAfter: 4 });
    await release().ended;
    expect(executions()).toMatchObject([{ status: "Succeeded", listedAfter: 0 }]);
  });

  test("is begun all the same when that connection broke before Azure had heard it", async () => {
    here.azure.faults.add({ method: "POST", url: /\/start$/, trouble: "reset" });
    await release().ended;
    expect(executions()).toMatchObject([{ status: "Succeeded" }]);
  });

  describe("whose state cannot be read", () => {
    const look = { method: "GET", url: /\/executions\/[^/]+$/ } as const;
    const unwell = { status: 503, code: "ServiceUnavailable", headers: { "retry-after": "0" } };

    test("goes on, and is waited for", async () => {
      // Four for each look, three of which the SDK makes by itself.
      here.azure.faults.add({ ...look, trouble: unwell, times: 8 });
      const { ended, told } = release();
      await ended;
      expect(told.filter((words) => words.startsWith("running, as far as is known: could not read"))).toHaveLength(2);
      expect(executions()).toMatchObject([{ status: "Succeeded" }]);
      expect(here.azure.faults.unmet()).toEqual([]);
    });

    test("is stopped when that goes on until its time is over", async () => {
      script({ looks: Number.POSITIVE_INFINITY });
      here.azure.faults.add({ ...look, trouble: unwell, times: Number.POSITIVE_INFINITY });
      const error = await failure(release({ limit: 50 }).ended);
      expect(error.message).toMatch(/^could not read the execution/);
      expect(executions()).toMatchObject([{ status: "Stopped" }]);
    });

    test("because Azure refuses it is stopped at once", async () => {
      script({ looks: Number.POSITIVE_INFINITY });
      here.azure.faults.add({ ...look, trouble: { status: 403, code: "AuthorizationFailed" } });
      expect(await failure(release().ended)).toMatchObject({ code: "not-allowed" });
      expect(executions()).toMatchObject([{ status: "Stopped" }]);
      expect(jobsLeft()).toEqual([]);
    });
  });

  test("that Azure will not make says why", async () => {
    const trouble = { status: 400, code: "ContainerAppOperationError", message: "quota" };
    here.azure.faults.add({ method: "PUT", url: /\/jobs\//, trouble });
    expect(await failure(release().ended)).toMatchObject({ code: "azure-failed", details: ["quota"] });
    expect(executions()).toEqual([]);
  });

  test("has done its work also when its job cannot be removed", async () => {
    const trouble = { status: 403, code: "AuthorizationFailed", message: "no right" };
    here.azure.faults.add({ method: "DELETE", url: /\/jobs\//, trouble });
    const { ended, lines } = release();
    await ended;
    expect(lines).toEqual([
      expect.stringMatching(/^the job caj-.* of this command is still there, the next run removes it \(/),
    ]);
    expect(jobsLeft()).toHaveLength(1);
  });
});

describe(
  "what a killed run has left",
  () => {
    test("is ended before the next command begins", async () => {
      await leftByAKilledRun();
      await release().ended;
      expect(executions().map(({ status }) => status)).toEqual(["Stopped", "Succeeded"]);
      expect(asked("POST", /\/stop\?/)).toBeLessThan(asked("POST", /\/start\?/));
      expect(jobsLeft()).toEqual([]);
    });

    test("is no change to anybody, and goes with its environment", async () => {
      await leftByAKilledRun();
      const { resources } = await here.plan();
      expect(resources.filter(({ type }) => type !== "container")).toEqual([]);
      await here.destroy();
      expect(here.events.filter(({ status }) => status === "warning")).toEqual([]);
      expect(executions()).toMatchObject([{ status: "Stopped" }]);
      expect(here.azure.store.under(GROUP)).toEqual([]);
    });
  },
  LONG,
);
