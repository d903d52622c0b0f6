import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers/repository.js";
import { APP, appOf, factsOf } from "./support/app.js";
import { ask, eventually } from "./support/ask.js";
import { killed, placesOf, runs, stateOf } from "./support/daemon.js";
import { gatedTerraform, gateIn } from "./support/gate.js";
import { paasKilledAfter } from "./support/killed.js";
import { processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { startPaas } from "./support/started.js";
import { resourcesIn, tagGroup } from "./support/store.js";

const STACK = "infra/environment-stack.ts";
const BRANCHES = ["env-alice", "env-killed", "env-lost"];

describe("destroy, whatever happened before", () => {
  let project: Project;
  const inProject = (...names: string[]) => path.join(project.folder, ...names);
  const recordOf = async (envId: string) =>
    (await stateOf(project.folder).records.read(placesOf(envId).record))?.record;
  const stands = async (envId: string) => (await recordOf(envId))?.state;
  const urlOf = async (envId: string) => (await recordOf(envId))?.url ?? "";
  const listed = async (...flags: string[]) =>
    documentOf(await project.paas(["ls", "--json", ...flags])).environments as { envId: string; status: string }[];

  beforeAll(async () => {
    const manifest = "environments: { early: { protected: true } }\n";
    project = await openProject({ name: "shop", files: APP, manifest });
    for (const branch of BRANCHES) project.branch(branch, branch === "env-alice" ? appOf("alice") : {});
    const { exit, stderr } = await project.push(BRANCHES);
    expect(exit, stderr).toBe(0);
    return project.close;
  });

  it("runs nothing of a hostile branch, and leaves nothing of its environment", async () => {
    const canary = inProject(".paas", "canary");
    const { url, resourceGroup, services } = (await recordOf("alice")) ?? {};
    const pid = Number(factsOf((await ask(url ?? "")).body).pid);
    const digest = services?.web?.image.split("@sha256:")[1] ?? "no digest";
    const app = resourcesIn(project.folder, resourceGroup ?? "").find(({ type }) => type === "azurerm_container_app");
    const traces = ["alice", digest, path.basename(app?.id ?? "no app")];
    const files = () => fs.readdirSync(inProject(".paas"), { recursive: true, encoding: "utf8" });
    const left = () => traces.filter((trace) => files().some((file) => file.includes(trace)));
    expect([left(), runs(pid)]).toEqual([traces, true]);

    const hostile = `require("node:fs").writeFileSync(${JSON.stringify(canary)}, "");\nthrow new Error("hostile");\n`;
    project.branch("env-alice", { [STACK]: hostile });
    expect((await project.paas(["plan", "alice"])).stderr).toContain("hostile");
    expect(fs.existsSync(canary)).toBe(true);
    fs.rmSync(canary);

    const { exit, stderr } = await project.paas(["destroy", "alice", "--yes"]);
    expect(exit, stderr).toBe(0);
    expect(fs.existsSync(canary)).toBe(false);
    expect(resourcesIn(project.folder, resourceGroup ?? "")).toEqual([]);
    expect(await stateOf(project.folder).blobs.exists(placesOf("alice").state)).toBe(false);
    expect([left(), runs(pid), (await ask(url ?? "")).status]).toEqual([[], false, 404]);
  });

  it("asks nothing about what is gone already", async () => {
    expect(await project.done(["destroy", "alice"])).toBe("environment alice was destroyed already");
  });

  it("removes one that has a record, but neither state nor group; a protected one with its id", async () => {
    project.branch("env-early", { [STACK]: 'throw new Error("no stack");\n' });
    expect((await project.paas(["up", "early"])).exit).toBe(1);
    expect(await stands("early")).toBe("failed");
    expect(await stateOf(project.folder).blobs.exists(placesOf("early").state)).toBe(false);

    const refused = await project.paas(["destroy", "early", "--yes"]);
    expect([refused.exit, refused.stderr]).toEqual([5, expect.stringContaining("environment early is protected")]);
    await project.done(["destroy", "early", "--yes", "--confirm", "early"]);
    expect(await stands("early")).toBe("destroyed");
  });

  it("removes an orphan, whose record and state are lost, by its tags", async () => {
    const url = await urlOf("lost");
    const pid = Number(factsOf((await ask(url)).body).pid);
    const { blobs } = stateOf(project.folder);
    for (const place of Object.values(placesOf("lost"))) expect(await blobs.delete(place)).toBe(true);

    expect(await listed()).toContainEqual(expect.objectContaining({ envId: "lost", status: "orphan" }));
    const { exit, stderr } = await project.paas(["destroy", "lost", "--yes"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/^✓ resource group +rg-shop-lost deleted/m);
    expect([await stands("lost"), runs(pid), (await ask(url)).status]).toEqual(["destroyed", false, 404]);
  });

  it("lets a branch that has no environment (any more) be deleted from the local remote", async () => {
    const remote = inProject(".paas", "remote.git");
    project.git("--git-dir", remote, "update-ref", "refs/heads/env-nowhere", project.git("rev-parse", "main"));
    const { exit, stderr } = await project.push(["--delete", "env-nowhere"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain("remote: there is no environment nowhere: nothing to destroy");
  });

  describe("killed and run again", () => {
    /** As a minute later: the lock of a run that died runs out. */
    const lockRunsOut = () => stateOf(project.folder).records.breakLease(placesOf("killed").record);
    const isKilledAfter = async (step: string) => {
      const { signal, stderr } = await paasKilledAfter(step, ["destroy", "killed", "--yes"], project.folder);
      expect([signal, stderr.trimEnd().split("\n").at(-1)]).toEqual(["SIGKILL", expect.stringContaining(`✓ ${step}`)]);
      await lockRunsOut();
    };

    it("after its lock", async () => {
      await isKilledAfter("lock");
      expect(await stands("killed")).toBe("running");
    });

    it("after the tombstone", async () => {
      await isKilledAfter("tombstone");
      expect(await stands("killed")).toBe("destroying");
    });

    it("while Terraform works, which goes on without it", async () => {
      const gate = gateIn(inProject(".paas", "gate"));
      const terraform = gatedTerraform(gate, temporaryFolder("terraform-"));
      gate.close();
      const run = startPaas(["destroy", "killed", "--yes"], project.folder, { PAAS_TERRAFORM: terraform });
      await gate.reached(run);
      await killed(run.pid);
      gate.open();
      const work = inProject(".paas", "work", "local", "killed");
      await eventually(async () => processesIn(work).length === 0 || undefined, "Terraform to end");
      await lockRunsOut();
      expect(await stands("killed")).toBe("destroying");
    });

    it.each(["terraform", "resource group", "images", "state"])("after the step %s", async (step) => {
      await isKilledAfter(step);
      expect(await stands("killed")).toBe("destroying");
    });

    it("meanwhile `up` does not go on with it", async () => {
      const { exit, stderr } = await project.paas(["up", "killed"]);
      expect([exit, stderr]).toEqual([5, expect.stringContaining("next: `paas destroy killed`, then run again")]);
      expect(await stands("killed")).toBe("destroying");
    });

    it("finishes", async () => {
      expect(await project.done(["destroy", "killed", "--yes"])).toBe("environment killed is destroyed");
      expect(await stands("killed")).toBe("destroyed");
      expect(resourcesIn(project.folder, "rg-shop-killed")).toEqual([]);
    });
  });

  it("does not take somebody else's group for that of an environment that never was", async () => {
    project.branch("env-taken");
    await project.done(["local", "stop"]);
    tagGroup(project.folder, "rg-shop-taken", { owner: "somebody else" });

    const { exit, stderr } = await project.paas(["up", "taken"]);
    expect([exit, stderr]).toEqual([5, expect.stringContaining("[foreign-group]")]);
    const destroyed = await project.paas(["destroy", "taken", "--yes"]);
    expect([destroyed.exit, destroyed.stderr]).toEqual([3, expect.stringContaining("no resource group with its tags")]);
    const [group] = resourcesIn(project.folder, "rg-shop-taken");
    expect(group?.attributes.tags).toEqual({ owner: "somebody else" });
    expect(await recordOf("taken")).toBeUndefined();
  });
});
