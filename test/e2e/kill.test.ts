import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGroups } from "../../src/azure/groups.js";
import { APP, appOf, factsOf } from "./support/app.js";
import { ask, eventually } from "./support/ask.js";
import { addressOf, armOf, killDaemon, placesOf, runs, stateOf } from "./support/daemon.js";
import { type Gate, gateIn } from "./support/gate.js";
import { environmentOf, processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { startPush } from "./support/started.js";

const STACK = "infra/environment-stack.ts";

type Status = {
  url: string;
  environment: { resourceGroup: string; commit: string };
  services: { image: string; revision: string }[];
};

describe("a local cloud that is killed", () => {
  let project: Project;
  let gate: Gate;
  const local = () => path.join(project.folder, ".paas", "local");
  const status = async (envId: string) => JSON.parse(await project.done(["status", envId, "--json"])) as Status;
  const answer = (url: string) =>
    eventually(async () => {
      const { status: code, body } = await ask(url).catch(() => ({ status: 0, body: "" }));
      return code === 200 ? factsOf(body) : undefined;
    }, `${url} to answer`);
  /** Processes of apps, which have their HOME in the local cloud's folder. */
  const apps = () =>
    processesIn(local()).filter(({ pid }) => environmentOf(pid).some((entry) => entry.startsWith(`HOME=${local()}/`)));

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    gate = gateIn(path.join(project.folder, ".paas", "gate"));
    const gated = { [STACK]: gate.inStack(fs.readFileSync(path.join(project.folder, STACK), "utf8")) };
    project.branch("env-alice");
    await project.done(["up", "alice"]);
    project.branch("env-push", gated);
  });
  afterAll(() => project.close());

  it("in the middle of a push: the run ends, and the next push takes over what it left", async () => {
    gate.close();
    const push = startPush("env-push", project.folder);
    await gate.reached(push);
    await killDaemon(project.folder);
    gate.open();

    const { exit, stderr } = await push.ended;
    expect(exit).toBe(1);
    expect(stderr).toContain("[local-cloud-gone]");
    const work = path.join(project.folder, ".paas", "work", "local", "push");
    await eventually(async () => processesIn(work).length === 0 || undefined, "Terraform to end", 60_000);
  });

  it("20 times within 100 ms of the last write comes back with all of it, and builds nothing", async () => {
    const before = await status("alice");
    const port = new URL(before.url).port;
    const images = () => fs.readdirSync(path.join(local(), "images")).map((name) => [name, born(name)]);
    const born = (name: string) => fs.statSync(path.join(local(), "images", name, "image.json")).mtimeMs;
    const built = images();
    for (let time = 0; time < 20; time++) {
      const written = await WRITES[time % WRITES.length]?.(project.folder, `write-${time}`, before);
      const acknowledged = performance.now();
      const { pid } = addressOf(project.folder);
      process.kill(pid, "SIGKILL");
      expect(performance.now() - acknowledged).toBeLessThan(100);
      await eventually(async () => (runs(pid) ? undefined : true), "it to be gone");

      const after = await status("alice");
      expect(after.services).toEqual(before.services);
      expect(after.url).toBe(before.url);
      expect(await written?.()).toBe(`write-${time}`);
    }
    expect(await answer(before.url)).toMatchObject({ commit: before.environment.commit });
    expect(String(addressOf(project.folder).gatewayPort)).toBe(port);
    expect(images()).toEqual(built);
    expect(apps()).toHaveLength(1);
    expect(abandoned()).toEqual([]);
    const { stderr } = await project.paas(["up", "alice"]);
    expect(stderr).toContain("build web        unchanged, not rebuilt");
    expect(stderr).toContain("deploy web       unchanged, not restarted");
  });

  it("is started once, by two at the same moment", async () => {
    await killDaemon(project.folder);
    const starts = await Promise.all([1, 2, 3].map(() => project.paas(["local", "start", "--json"])));

    for (const { exit, stderr } of starts) expect(exit, stderr).toBe(0);
    const pids = starts.map((start) => documentOf(start).pid);
    expect(new Set(pids).size).toBe(1);
    await onlyDaemon(pids[0] as number);
  });

  it("of another version is replaced", async () => {
    const file = path.join(local(), "daemon.json");
    const old = addressOf(project.folder);
    fs.writeFileSync(file, JSON.stringify({ ...old, version: "0.0.1" }));
    const { stderr } = await project.paas(["ls"]);

    expect(stderr).toContain("the local cloud runs with another version: restarting it");
    expect(runs(old.pid)).toBe(false);
    await onlyDaemon(addressOf(project.folder).pid);
  });

  it("the push that was cut is taken up by the next one, when the lock of the dead run has run out", async () => {
    const { exit, stderr } = await project.push(["env-push"]);

    expect(exit, stderr).toBe(0);
    expect(await answer((await status("push")).url)).toMatchObject({ branch: "env-push" });
  });

  describe("and loses its folder", () => {
    it.each(["while it runs", "while it is stopped"])(
      "%s: nothing is known any more, and all can be made again",
      async (when) => {
        const old = addressOf(project.folder).pid;
        if (when !== "while it runs") await project.done(["local", "stop"]);
        fs.rmSync(local(), { recursive: true, force: true });

        expect(documentOf(await project.paas(["ls", "--json"]))).toMatchObject({ environments: [] });
        const made = await Promise.all(["alice", "push"].map((name) => project.paas(["up", name])));
        for (const { exit, stderr } of made) expect(exit, stderr).toBe(0);
        await eventually(async () => (runs(old) ? undefined : true), "the one before to end");
        await onlyDaemon(addressOf(project.folder).pid);
        expect(apps()).toHaveLength(2);

        const commit = project.branch("env-alice", appOf(when));
        const { exit, stderr } = await project.push(["--force", "env-alice"]);
        expect(exit, stderr).toBe(0);
        expect(await answer((await status("alice")).url)).toMatchObject({ commit, version: when });
      },
    );
  });

  it("leaves no temporary files, nor does a run", async () => {
    await project.done(["local", "stop"]);
    expect(abandoned()).toEqual([]);
    expect(processesIn(local())).toEqual([]);
  });

  /** Of several that were started at once, those that came too late end by themselves. */
  async function onlyDaemon(pid: number): Promise<void> {
    await eventually(async () => daemons().length <= 1 || undefined, "the daemons that came too late to end");
    expect(daemons()).toEqual([pid]);
  }

  /** The daemons of this checkout. */
  function daemons(): number[] {
    return processesIn(project.folder)
      .filter(({ command }) => command.some((word) => word.endsWith("/daemon.js")))
      .map(({ pid }) => pid);
  }
});

/** Temporary files of ours that belong to no living daemon; those of other tests' daemons lie beside ours. */
function abandoned(): string[] {
  const ours = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith("paas-"));
  return ours.filter((name) => !runs(Number(/^paas-(\d+)-/.exec(name)?.[1] ?? 0)));
}

const NOON = "2026-01-01T12:00:00Z";

/** Kinds of writes; each gives a way to read what was written. */
const WRITES: ((folder: string, text: string, status: Status) => Promise<() => Promise<string | undefined>>)[] = [
  async (folder, text) => {
    const { record } = placesOf("alice");
    const held = await stateOf(folder).records.hold(record, { operation: "test" });
    const step = { name: text, status: "done" as const, startedAt: NOON, finishedAt: NOON, notes: [] };
    if (held.record) await held.write({ ...held.record, journal: [step] });
    await held.release();
    return async () => (await stateOf(folder).records.read(record))?.record.journal[0]?.name;
  },
  async (folder, text) => {
    const ref = { container: "tier-nonprod", key: "state/other.tfstate" };
    await stateOf(folder).blobs.upload(ref, Buffer.from(text));
    return async () => (await stateOf(folder).blobs.download(ref))?.toString();
  },
  async (folder, text, { environment }) => {
    const groups = () => openGroups(armOf(folder), "00000000-0000-4000-8000-000000000001");
    const group = await groups().find(environment.resourceGroup);
    if (group) await groups().tag(group, { written: text });
    return async () => (await groups().find(environment.resourceGroup))?.tags.written;
  },
];
