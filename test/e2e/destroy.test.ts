import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP, appOf } from "./support/app.js";
import { ask, eventually } from "./support/ask.js";
import { killed, placesOf, stateOf } from "./support/daemon.js";
import { type Gate, gateIn } from "./support/gate.js";
import { processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { filesIn } from "./support/search.js";
import { startPaas } from "./support/started.js";
import { paasOnTerminal } from "./support/terminal.js";

const STACK = "infra/environment-stack.ts";

type Resource = { id: string; type: string; attributes: { name: string; tags?: Record<string, string> } };

describe("destroy", () => {
  let project: Project;
  let gate: Gate;
  const local = (...names: string[]) => path.join(project.folder, ".paas", "local", ...names);
  const work = (envId: string) => path.join(project.folder, ".paas", "work", "local", envId);
  const resources = () => {
    const text = fs.readFileSync(local("store.json"), "utf8");
    return Object.values((JSON.parse(text) as { resources: Record<string, Resource> }).resources);
  };
  const groupOf = (envId: string) => resources().find(({ attributes }) => attributes.name === `rg-shop-${envId}`);
  const json = async (...words: string[]) => documentOf(await project.paas([...words, "--json"]));
  const up = async (...envIds: string[]) => {
    for (const envId of envIds) {
      project.branch(`env-${envId}`, appOf(envId));
      await project.done(["up", envId]);
    }
  };

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    gate = gateIn(path.join(project.folder, ".paas", "gate"));
    await up("alice", "staging");
  });
  afterAll(() => project.close());

  it("of an unknown environment says that there is none", async () => {
    const { exit, stderr } = await project.paas(["destroy", "nobody", "--yes"]);
    expect(exit).toBe(3);
    expect(stderr).toContain("there is no environment nobody  [no-such-environment]");
  });

  it("needs --yes where nobody can be asked", async () => {
    const { exit, stderr } = await project.paas(["destroy", "alice"]);
    expect(exit).toBe(2);
    expect(stderr).toContain("next: `paas destroy alice --yes`");
    expect(groupOf("alice")).toBeDefined();
  });

  it("asks on a terminal; no means no", async () => {
    const { exit, stdout } = await answered(["destroy", "alice"], /Destroy environment alice \(env-alice\)/, "n");
    expect(exit).toBe(5);
    expect(stdout).toContain("nothing was changed");
    expect(groupOf("alice")).toBeDefined();
  });

  it("leaves nothing of an environment but its tombstone", async () => {
    const url = await project.done(["open", "alice"]);
    const { exit } = await answered(["destroy", "alice"], /Destroy environment alice/, "y");

    expect(exit).toBe(0);
    expect(groupOf("alice")).toBeUndefined();
    expect(await stateOf(project.folder).blobs.exists(placesOf("alice").state)).toBe(false);
    expect(await ask(url)).toMatchObject({ status: 404 });
    expect(fs.existsSync(work("alice"))).toBe(false);
    expect(filesIn(local("logs")).filter((file) => file.includes("alice"))).toEqual([]);
    expect(fs.readdirSync(local("images"))).toHaveLength(1);
    expect(processesIn(local("homes"))).toHaveLength(1);
    expect(await json("ls")).toMatchObject({ environments: [{ envId: "staging" }] });
    expect(await json("ls", "--all")).toMatchObject({ environments: [{ envId: "alice", status: "destroyed" }, {}] });
  });

  it("of one that is destroyed already says so, and is no error", async () => {
    const { exit, stdout } = await project.paas(["destroy", "alice", "--yes"]);
    expect(exit).toBe(0);
    expect(stdout).toBe("environment alice was destroyed already\n");
    expect(await json("destroy", "alice", "--yes")).toMatchObject({ environment: { envId: "alice" }, steps: [] });
  });

  it("is followed by a life of another generation, under other names where names are everybody's", async () => {
    const before = await json("name", "env-alice");
    await up("alice");
    const { environment, services } = (await json("status", "alice")) as {
      environment: { generation: number; resourceGroup: string };
      services: { revision: string }[];
    };

    expect(environment).toMatchObject({ generation: 1, resourceGroup: "rg-shop-alice" });
    const first = (before.names as Record<string, Record<string, string>>).web?.containerApp ?? "?";
    expect(first).toMatch(/^ca-shop-alice-web-/);
    expect(services[0]?.revision).toMatch(/^ca-shop-alice-web-/);
    expect(services[0]?.revision).not.toContain(first);
  });

  describe("of a protected environment", () => {
    it.each([[["--yes"]], [["--yes", "--confirm", "stagin"]]])("is refused with %s", async (words) => {
      const { exit, stderr } = await project.paas(["destroy", "staging", ...words]);
      expect(exit).toBe(5);
      expect(stderr).toContain("next: `paas destroy staging --yes --confirm staging`");
    });

    it("is refused when its branch is deleted by a push, which keeps the branch", async () => {
      expect((await project.push(["env-staging"])).exit).toBe(0);
      const { exit, stderr } = await project.push(["--delete", "env-staging"]);
      expect(exit).toBe(1);
      expect(stderr).toContain("deleting its branch does not destroy it");
      expect(project.git("ls-remote", "local", "env-staging")).toContain("refs/heads/env-staging");
    });

    it("asks for its id on a terminal", async () => {
      const wrong = await answered(["destroy", "staging"], /Type staging to destroy it/, "yes\r");
      expect(wrong.exit).toBe(5);
      expect(groupOf("staging")).toBeDefined();
      const right = await answered(["destroy", "staging"], /Type staging to destroy it/, "staging\r");
      expect(right.exit, right.stdout).toBe(0);
      expect(groupOf("staging")).toBeUndefined();
    });
  });

  it("follows the deletion of a branch by a push, however broken the branch's stack is", async () => {
    project.branch("env-carol");
    expect((await project.push(["env-carol"])).exit).toBe(0);
    project.branch("env-carol", { "infra/main.ts": 'throw new Error("hostile");\n' });
    const broken = await project.push(["--force", "env-carol"]);
    expect(broken.exit).toBe(1);
    expect(broken.stderr).toContain("hostile");

    const { exit, stderr } = await project.push(["--delete", "env-carol"]);
    expect(exit, stderr).toBe(0);
    expect(groupOf("carol")).toBeUndefined();
    expect(project.git("ls-remote", "local", "env-carol")).toBe("");
    project.git("checkout", "--quiet", "main");
  });

  it("removes one whose build failed at its creation", async () => {
    const scripts = { start: "node server.js", build: "false" };
    project.branch("env-half", { "package.json": JSON.stringify({ name: "app", private: true, scripts }) });
    expect((await project.paas(["up", "half"])).exit).toBe(1);
    expect(groupOf("half")).toBeDefined();

    await project.done(["destroy", "half", "--yes"]);
    expect(groupOf("half")).toBeUndefined();
  });

  it("removes one whose creation was killed in the middle of apply, with all that Terraform did not note", async () => {
    const stack = gate.inStack(fs.readFileSync(path.join(project.folder, STACK), "utf8"));
    project.branch("env-cut", { [STACK]: stack });
    gate.close();
    const run = startPaas(["up", "cut"], project.folder);
    await gate.reached(run);
    await killRun(run.pid, "cut");
    gate.open();
    expect(groupOf("cut")).toBeDefined();

    await project.done(["destroy", "cut", "--yes"]);
    expect(groupOf("cut")).toBeUndefined();
    expect(await project.done(["up", "cut"])).toMatch(/^http:/);
  });

  it("is not needed for one whose creation was killed: `up` takes over what is there", async () => {
    project.git("branch", "env-again", "env-cut");
    gate.close();
    const run = startPaas(["up", "again"], project.folder);
    await gate.reached(run);
    await killRun(run.pid, "again");
    expect(groupOf("again")).toBeDefined();

    const { exit, stderr, stdout } = await project.paas(["up", "again"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/azurerm_resource_group\.group is there and the state does not know it.*adopting it/);
    expect(stdout).toMatch(/^http:/);
  });

  describe("with a resource group of somebody else in its place", () => {
    it("is refused, like `up`, and the group stays", async () => {
      await up("own");
      const foreign = { "paas-project-id": "someone-elses", "paas-env": "own", "paas-branch-sha": "0000000000000000" };
      await changeStore((stored) => {
        for (const { attributes, type } of stored) {
          if (type === "azurerm_resource_group" && attributes.name === "rg-shop-own") attributes.tags = foreign;
        }
      });

      for (const words of [
        ["up", "own"],
        ["destroy", "own", "--yes"],
      ]) {
        const { exit, stderr } = await project.paas(words);
        expect(exit, stderr).toBe(5);
        expect(stderr).toContain("[foreign-group]");
      }
      expect(groupOf("own")?.attributes.tags).toEqual(foreign);
      expect(resources().some(({ id }) => id.includes("/rg-shop-own/providers/Microsoft.App"))).toBe(true);
    });
  });

  /** Answers a question on a terminal. */
  async function answered(words: string[], question: RegExp, answer: string) {
    const run = paasOnTerminal(words, project.folder);
    await run.says(question);
    run.type(answer);
    return run.ended;
  }

  /** Ends a run and its Terraform at once, and lets its lock on the record run out as if a minute had passed. */
  async function killRun(pid: number, envId: string): Promise<void> {
    const terraform = processesIn(work(envId)).filter(({ command }) => path.basename(command[0] ?? "") === "terraform");
    await killed(pid);
    for (const { pid: child } of terraform) await killed(child).catch(() => {});
    await stateOf(project.folder).records.breakLease(placesOf(envId).record);
    gate.open();
    await eventually(async () => processesIn(work(envId)).length === 0 || undefined, `${envId} to be left alone`);
  }

  async function changeStore(change: (resources: Resource[]) => void): Promise<void> {
    await project.done(["local", "stop"]);
    const contents = JSON.parse(fs.readFileSync(local("store.json"), "utf8")) as {
      resources: Record<string, Resource>;
    };
    change(Object.values(contents.resources));
    fs.writeFileSync(local("store.json"), JSON.stringify(contents));
  }
});
