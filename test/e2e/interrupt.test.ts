import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { eventually } from "./support/ask.js";
import { placesOf, stateOf } from "./support/daemon.js";
import { type Gate, gateIn } from "./support/gate.js";
import { processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { startPaas, startPush } from "./support/started.js";
import { CTRL_C, paasOnTerminal, startInShell } from "./support/terminal.js";

const STACK = "infra/environment-stack.ts";

describe("an interrupt", () => {
  let project: Project;
  let gate: Gate;
  let gatedStack: Record<string, string>;
  const work = (envId: string) => path.join(project.folder, ".paas", "work", "local", envId);
  const statusOf = async (envId: string) =>
    documentOf(await project.paas(["status", envId, "--json"])) as {
      environment: { status: string };
      locks: Record<string, unknown>;
    };

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    gate = gateIn(path.join(project.folder, ".paas", "gate"));
    gatedStack = { [STACK]: gate.inStack(fs.readFileSync(path.join(project.folder, STACK), "utf8")) };
  });
  beforeEach(() => gate.close());
  afterAll(() => project.close());

  it("typed twice during apply: Terraform hears one, saves its state, and the next run goes on", async () => {
    project.branch("env-apply", gatedStack);
    const run = paasOnTerminal(["up", "apply"], project.folder);
    await gate.reached(run);
    run.type(CTRL_C);
    await run.says(/stopping/);
    run.type(CTRL_C);
    const { exit, stdout } = await run.ended;

    expect(exit).toBe(130);
    expect(stdout).toContain("[interrupted]");
    const log = fs.readFileSync(path.join(work("apply"), "terraform.log"), "utf8");
    expect(log.match(/Interrupt received/g)).toHaveLength(1);
    expect(log).not.toContain("Two interrupts");
    const state = await stateOf(project.folder).blobs.download(placesOf("apply").state);
    expect(state?.toString()).toContain("rg-shop-apply");
    await expectLeftInOrder("apply");

    gate.open();
    expect(await project.done(["up", "apply"])).toMatch(/^http:/);
  });

  it("typed during a build ends the build, and the next run builds", async () => {
    const scripts = { start: "node server.js", build: "node build.js" };
    const build = gate.inScript('fs.writeFileSync("built", "");');
    project.branch("env-build", {
      "package.json": JSON.stringify({ name: "app", private: true, scripts }),
      "build.js": build,
    });
    const run = paasOnTerminal(["up", "build"], project.folder);
    await gate.reached(run);
    run.type(CTRL_C);

    const { exit, stdout } = await run.ended;
    expect(exit, stdout).toBe(130);
    expect(processesIn(path.join(project.folder, ".paas", "local", "building"))).toEqual([]);
    await expectLeftInOrder("build");

    gate.open();
    expect(await project.done(["up", "build"])).toMatch(/^http:/);
  });

  it("typed while a new version starts leaves the old one serving", async () => {
    const before = project.branch("env-late");
    await project.done(["up", "late"]);
    const listen = /^http\n.*/ms.exec(APP["server.js"] ?? "")?.[0] ?? "";
    const late = gate.inScript(listen);
    const after = project.branch("env-late", { "server.js": `const http = require("node:http");\n${late}` });
    const run = paasOnTerminal(["up", "late"], project.folder);
    await gate.reached(run);
    run.type(CTRL_C);

    const { exit, stdout } = await run.ended;
    expect(exit, stdout).toBe(130);
    expect(factsOf((await project.get("late")).body)).toMatchObject({ commit: before });
    await expectLeftInOrder("late");

    gate.open();
    await project.done(["up", "late"]);
    expect(factsOf((await project.get("late")).body)).toMatchObject({ commit: after });
  });

  it("typed during `git push local` detaches: the run goes on, and the same push joins it", async () => {
    const commit = project.branch("env-push", gatedStack);
    const push = startInShell(["git", "push", "--no-progress", "local", "env-push"], project.folder);
    await gate.reached(push);
    push.type(CTRL_C);
    await push.says(/detached: the run of env-push goes on in the local cloud/);
    push.type("\n");
    await push.ended;

    const again = startPush("env-push", project.folder);
    await again.says(/joining the run of env-push that is already running/);
    gate.open();
    const { exit, stderr } = await again.ended;
    expect(exit, stderr).toBe(0);
    expect((await statusOf("push")).environment.status).toBe("running");
    expect(factsOf((await project.get("push")).body)).toMatchObject({ commit });
    expect((await project.push(["env-push"])).stderr).toContain("Everything up-to-date");
  });

  it("a run whose push was interrupted ends as well when nobody asks for it again", async () => {
    project.branch("env-alone", {
      ...appOf("alone"),
      ...gatedStack,
    });
    const push = startInShell(["git", "push", "--no-progress", "local", "env-alone"], project.folder);
    await gate.reached(push);
    push.type(CTRL_C);
    push.type("\n");
    await push.ended;
    gate.open();

    await eventually(async () => {
      const { environment } = await statusOf("alone");
      return environment.status === "running" || undefined;
    }, "the environment to run");
    expect((await project.push(["env-alone"])).exit).toBe(0);
  });

  it("of the local cloud in the middle of a push: what its workflow runs ends in order, as Terraform does", async () => {
    project.branch("env-stop", gatedStack);
    const push = startPush("env-stop", project.folder);
    await gate.reached(push);
    const stopped = startPaas(["local", "stop"], project.folder);
    const log = path.join(work("stop"), "terraform.log");
    await eventually(
      async () => /Interrupt received/.test(fs.readFileSync(log, "utf8")) || undefined,
      "Terraform to hear",
    );
    gate.open();

    const { exit, stderr } = await push.ended;
    expect(exit, stderr).toBe(1);
    expect(stderr).toContain("[interrupted]");
    expect((await stopped.ended).stdout).toBe("stopped\n");
    expect(fs.readFileSync(log, "utf8").match(/Interrupt received/g)).toHaveLength(1);
    await expectLeftInOrder("stop");
    expect((await project.push(["env-stop"])).exit).toBe(0);
  });

  it("by SIGTERM, off a terminal, ends a run in the same order", async () => {
    project.branch("env-term", gatedStack);
    const run = startPaas(["up", "term", "--json"], project.folder);
    await gate.reached(run);
    run.signal("SIGTERM");
    const { exit, stdout } = await run.ended;

    expect(exit).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "interrupted" } });
    await expectLeftInOrder("term");
    gate.open();
    expect(await project.done(["up", "term"])).toMatch(/^http:/);
  });

  /** Nobody works on it, both locks are free, the record says that it failed. */
  async function expectLeftInOrder(envId: string): Promise<void> {
    expect(processesIn(work(envId))).toEqual([]);
    const { environment, locks } = await statusOf(envId);
    expect(environment.status).toBe("failed");
    expect(locks).toEqual({ environment: null, terraform: null });
  }
});
