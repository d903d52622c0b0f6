import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP } from "./support/app.js";
import { eventually } from "./support/ask.js";
import { holdAsTerraform, killed, placesOf, runs, stateOf } from "./support/daemon.js";
import { type Gate, gateIn } from "./support/gate.js";
import { processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { type Started, startPaas } from "./support/started.js";

describe("locks", () => {
  let project: Project;
  let gate: Gate;
  /** Killed first of all, so that its lock runs out while the other tests go on. */
  let dead: { pid: number };
  const start = (...words: string[]) => startPaas(words, project.folder);
  const terraformOf = (envId: string) => {
    const found = processesIn(path.join(project.folder, ".paas", "work", "local", envId));
    return found.find(({ command }) => path.basename(command[0] ?? "") === "terraform")?.pid ?? 0;
  };
  const lockOf = async (envId: string) => {
    const { locks } = documentOf(await project.paas(["status", envId, "--json"])) as { locks: Record<string, unknown> };
    return locks;
  };

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    gate = gateIn(path.join(project.folder, ".paas", "gate"));
    const stack = "infra/environment-stack.ts";
    const gated = { [stack]: gate.inStack(fs.readFileSync(path.join(project.folder, stack), "utf8")) };
    for (const name of ["dead", "cut"]) {
      project.branch(`env-${name}`);
      await project.done(["up", name]);
    }
    for (const name of ["dead", "bob", "cut"]) project.branch(`env-${name}`, gated);
    gate.close();
    const run = start("up", "dead");
    await gate.reached(run);
    const terraform = terraformOf("dead");
    dead = { pid: run.pid };
    await killed(run.pid);
    await killed(terraform);
    gate.open();
  });

  afterAll(() => project.close());

  describe("a run that holds the environment", () => {
    let run: Started;
    beforeAll(async () => {
      gate.close();
      run = start("up", "bob");
      await gate.reached(run);
    });

    it.each([
      ["up", "bob"],
      ["destroy", "bob", "--yes"],
    ])("keeps `paas %s` out, which says who it is", async (...words) => {
      const { exit, stderr } = await project.paas(words);

      expect(exit).toBe(6);
      expect(stderr).toContain("error: environment bob is locked  [environment-locked]");
      expect(stderr).toMatch(new RegExp(`held by \\S+@\\S+ since \\d\\d:\\d\\d UTC \\(up, process ${run.pid}\\)`));
      expect(stderr).toContain("next: wait for that run, or `paas unlock bob` once it has ended");
    });

    it("is not unlocked: neither its lock nor its Terraform's", async () => {
      const { exit, stderr } = await project.paas(["unlock", "bob"]);

      expect(exit).toBe(6);
      expect(stderr).toMatch(/environment lock {2}held · \S+@\S+ since .* \(up, process \d+\)/);
      expect(stderr).toMatch(/Terraform's lock {2}held · \S+@\S+ since .* \(OperationTypeApply, id [0-9a-f-]{36}\)/);
      expect(await lockOf("bob")).toMatchObject({ environment: { state: "held" }, terraform: { info: {} } });
    });

    it("is listed as locked", async () => {
      const { environments } = documentOf(await project.paas(["ls", "--json"]));
      expect(environments).toContainEqual(expect.objectContaining({ envId: "bob", locked: true }));
    });

    it("is waited for with --lock-timeout", async () => {
      const waiting = start("up", "bob", "--lock-timeout", "90s");
      const tooShort = await project.paas(["up", "bob", "--lock-timeout", "1s"]);
      expect(tooShort.exit).toBe(6);
      expect(tooShort.stderr).toContain("waited 1 s for it");
      gate.open();

      expect((await run.ended).exit).toBe(0);
      const { exit, stderr } = await waiting.ended;
      expect(exit, stderr).toBe(0);
      expect(stderr).toContain("unchanged, not restarted");
      expect(await lockOf("bob")).toEqual({ environment: null, terraform: null });
    });
  });

  describe("Terraform's lock", () => {
    it("of a `paas terraform` that goes on is not broken, though no run holds the environment", async () => {
      gate.close();
      const run = start("terraform", "bob", "--", "apply", "-auto-approve", "-replace=terraform_data.gate");
      await gate.reached(run);
      const { exit, stderr } = await project.paas(["unlock", "bob"]);
      gate.open();

      expect(exit).toBe(6);
      expect(stderr).toContain("its holder is not a dead process of this machine");
      expect((await run.ended).exit).toBe(0);
    });

    it("of a Terraform that was killed is broken by `paas unlock`, and the next run goes on", async () => {
      gate.close();
      const run = start("up", "cut");
      await gate.reached(run);
      await killed(terraformOf("cut"));
      gate.open();
      const failed = await run.ended;
      expect(failed.exit).toBe(1);
      await nobodyWorksOn("cut");

      const { exit, stdout, stderr } = await project.paas(["unlock", "cut"]);
      expect(exit, stderr).toBe(0);
      expect(stdout).toBe("environment lock: free; Terraform's lock: broken\n");
      expect(await project.done(["up", "cut"])).toMatch(/^http:/);
    });

    it("of another machine is broken only with its id", async () => {
      const { state } = placesOf("cut");
      const id = await holdAsTerraform(project.folder, "cut", "runner@elsewhere");
      const refused = await project.paas(["unlock", "cut"]);
      expect(refused.exit).toBe(6);
      expect(refused.stderr).toContain(`next: once that run has ended: \`paas unlock cut --force ${id}\``);

      const wrong = await project.paas(["unlock", "cut", "--force", "00000000-0000-0000-0000-000000000000"]);
      expect(wrong.exit).toBe(2);
      expect(wrong.stderr).toContain(`its id is ${id}`);
      expect(await stateOf(project.folder).blobs.lock(state)).not.toBeNull();

      expect((await project.paas(["unlock", "cut", "--force", id])).exit).toBe(0);
      expect(await stateOf(project.folder).blobs.lock(state)).toBeNull();
    });
  });

  it("the lock of a run that died runs out, and the next run takes over what it left", async () => {
    expect(runs(dead.pid)).toBe(false);
    const { exit, stderr } = await project.paas(["up", "dead", "--lock-timeout", "90s"]);

    expect(exit, stderr).toBe(0);
    expect(await lockOf("dead")).toEqual({ environment: null, terraform: null });
  });

  async function nobodyWorksOn(envId: string): Promise<void> {
    const folder = path.join(project.folder, ".paas", "work", "local", envId);
    await eventually(async () => (processesIn(folder).length === 0 ? true : undefined), `${envId} to be left alone`);
  }
});
