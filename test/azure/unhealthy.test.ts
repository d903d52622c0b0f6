import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EXIT, PaasError } from "../../src/errors.js";
import type { Doors } from "../../src/pipeline/doors.js";
import { openRunningProject, type Project } from "./project.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const LONG = 120_000;

let here: Project;
beforeAll(async () => {
  here = await openRunningProject();
}, LONG);
afterAll(() => here.close());
afterEach(() => {
  Object.assign(here.azure.containerApps, { failing: null, displacing: false });
  here.azure.logs.waiting.clear();
});

const APP = "azurerm_container_app";
const alice = () => here.azure.store.list(APP).find(({ id }) => id.includes("alice"));
const revisions = () => here.azure.store.history(alice()?.id ?? "")?.revisions ?? [];
const serving = () => revisions().filter(({ state }) => state === "ready");
const failedProbe = (ContainerAppName: string, RevisionName: string, Msg: string) => ({
  ...{
    TimeStamp: new Date().toISOString(),
    Type: "Warning" as const,
    ContainerAppName,
    RevisionName,
    ReplicaName: null,
  },
  ...{ Msg, Reason: "ProbeFailed", EventSource: "ContainerAppController", Count: 1 },
});
const warnings = () => here.events.filter(({ status }) => status === "warning").map(({ detail }) => detail);
/** A cloud that is told what to keep, and fails at it. */
function withImages(keeping: (references: string[]) => void, failure: PaasError): Doors {
  const keepImages = async (_: string, _tier: string, references: string[]) => {
    keeping(references);
    throw failure;
  };
  return { ...here.doors, cloud: { ...here.doors.cloud, keepImages } };
}
let commits = 0;
const change = () => {
  here.repository.git("switch", "--quiet", "env-alice");
  here.repository.write({ "server.js": `// ${++commits}` });
  here.repository.commit("change");
};

test(
  "a version that does not get healthy fails with what the platform says, and the one before goes on serving",
  async () => {
    const [before] = serving();
    change();
    here.azure.containerApps.failing = "Container web failed its startup probe";
    const name = String(alice()?.attributes.name);
    here.azure.logs.replicas.set(name, [`${name}-abc`]);
    here.azure.logs.waiting.set(name, "CrashLoopBackOff: back-off restarting failed container");
    const revision = `${name}--${String(revisions().length + 1).padStart(7, "0")}`;
    here.azure.logs.events.set(name, [
      failedProbe(name, `${name}--0000001`, "of another revision"),
      failedProbe(name, revision, "Probe of StartUp failed with status code: 503"),
    ]);
    const error = await here.up().catch((thrown: PaasError) => thrown);
    expect(error).toMatchObject({
      code: "unhealthy",
      message: expect.stringContaining("Container web failed its startup probe"),
      details: expect.arrayContaining([
        "web: waiting, CrashLoopBackOff: back-off restarting failed container, 3 restarts",
        "ProbeFailed: Probe of StartUp failed with status code: 503",
        "the version before goes on serving",
      ]),
      next: expect.stringContaining("give it more than 60 s (`startup` of service web in paas.yaml, 30m at most)"),
    });
    expect(serving()).toEqual([before]);
    expect(String((error as PaasError).details)).not.toContain("of another revision");
    here.azure.logs.replicas.clear();
  },
  LONG,
);

test("a version that says nothing for longer than it may is not waited for any more", async () => {
  const [revision] = revisions();
  const [, group = "", app = ""] = /resourceGroups\/([^/]+)\/.*\/([^/]+)$/.exec(alice()?.id ?? "") ?? [];
  const starting = revisions().map((one) => (one === revision ? { ...one, state: "activating" as const } : one));
  const history = here.azure.store.history(alice()?.id ?? "");
  if (!history || !revision) throw new Error("alice has no revision");
  here.azure.store.saveHistory(alice()?.id ?? "", { ...history, revisions: starting });
  const ended = here.doors.apps.settled(group, app, revision.name, 50, here.doors.signal);
  expect(await ended).toMatchObject({ state: "failed", reason: "not healthy after 0.05 s" });
  here.azure.store.saveHistory(alice()?.id ?? "", history);
});

test(
  "the version before is activated again where the new one has displaced it",
  async () => {
    const [before] = serving();
    change();
    Object.assign(here.azure.containerApps, { failing: "exited with code 1", displacing: true });
    await expect(here.up()).rejects.toMatchObject({
      code: "unhealthy",
      next: "mend it and push again; `paas logs alice` shows more",
      details: expect.arrayContaining(["the version before was activated again and serves"]),
    });
    expect(serving().map(({ name }) => name)).toEqual([before?.name]);
  },
  LONG,
);

test(
  "a version that is refused says so, and what serves",
  async () => {
    change();
    const body = { status: 400, code: "ContainerAppOperationError", message: "Failed to provision revision" };
    here.azure.faults.add({ method: "PATCH", url: /containerApps/, trouble: body });
    await expect(here.up()).rejects.toMatchObject({
      code: "azure-failed",
      details: expect.arrayContaining(["the version before goes on serving"]),
    });
  },
  LONG,
);

test(
  "the next good version takes over",
  async () => {
    const kept: string[][] = [];
    const denied = new PaasError("not-allowed", "no right to delete", { exit: EXIT.signIn });
    const keeping = (references: string[]) => void kept.push(references);
    here.events.length = 0;
    const { services } = await here.up("env-alice", withImages(keeping, denied));
    expect(services).toMatchObject([{ changed: true }]);
    expect(serving()).toHaveLength(1);
    expect(serving()[0]?.name).toBe(revisions()[0]?.name);
    expect(kept).toEqual([[services[0]?.image, expect.any(String)]]);
    expect(warnings()).toEqual([]);
  },
  LONG,
);

test(
  "images that cannot be removed are no failure of the run",
  async () => {
    here.events.length = 0;
    await here.up(
      "env-alice",
      withImages(() => {}, new PaasError("azure-failed", "could not list the tags")),
    );
    expect(warnings()).toEqual(["older images of alice are still there: could not list the tags"]);
  },
  LONG,
);
