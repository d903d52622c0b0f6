import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apply, destroy, forceUnlock, init, outputs, plan, planReadOnly } from "../../src/terraform/commands.js";
import { hasChanges } from "../../src/terraform/plan.js";
import { ref } from "../infra/synthesised.js";
import { appears, quick, slow, TestRuns } from "./work-folder.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let runs: TestRuns;
beforeEach(() => {
  runs = new TestRuns();
});
afterEach(() => {
  vi.unstubAllEnvs();
  runs.remove();
});

const OUTPUT = { value: { value: ref("terraform_data.quick.output") } };

describe("up", () => {
  test("plans, applies what was planned, and then has nothing to do", async () => {
    const run = runs.run("up", { resource: quick("one"), output: OUTPUT });
    await init(run, runs.backend);
    expect(await plan(run)).toEqual({
      changes: { create: 1, update: 0, replace: 0, delete: 0 },
      resources: [{ address: "terraform_data.quick", type: "terraform_data", action: "create" }],
      adopted: [],
      outputs: ["value"],
    });
    await apply(run);
    expect(await outputs(run)).toEqual({ value: "one" });
    expect(hasChanges(await plan(run))).toBe(false);
    expect(fs.existsSync(path.join(run.work, "plan.tfplan"))).toBe(false);
  });

  test("knows when only an output is new", async () => {
    const run = runs.run("up", { resource: quick("one") });
    await init(run, runs.backend);
    await plan(run);
    await apply(run);
    const more = runs.run("more", { resource: quick("one"), output: OUTPUT });
    await init(more, runs.backend);
    const planned = await plan(more);
    expect([planned.resources, planned.outputs]).toEqual([[], ["value"]]);
    await apply(more);
    expect(await outputs(more)).toEqual({ value: "one" });
  });

  test("tells about each resource as it is made", async () => {
    const run = runs.run("up", { resource: quick("one") });
    await init(run, runs.backend);
    await plan(run);
    await apply(run);
    const made = { type: "resource", address: "terraform_data.quick", action: "create" };
    expect(run.events).toEqual([
      { ...made, phase: "start", elapsed: 0 },
      { ...made, phase: "done", elapsed: expect.any(Number) },
    ]);
  });

  test("leaves a log for its owner's eyes, and no plan", async () => {
    const run = runs.run("up", {
      resource: quick("one"),
      output: { hidden: { value: "canary-7f3", sensitive: true } },
    });
    await init(run, runs.backend);
    await plan(run);
    await apply(run);
    await outputs(run);
    const log = path.join(run.work, "terraform.log");
    expect(fs.readFileSync(log, "utf8")).toMatch(/\$ terraform init[\s\S]*\$ terraform plan[\s\S]*Apply complete!/);
    expect(fs.readFileSync(log, "utf8")).not.toContain("canary-7f3");
    expect(fs.statSync(log).mode & 0o777).toBe(0o600);
    expect(fs.existsSync(path.join(run.work, "plan.tfplan"))).toBe(false);
  });

  test("is not led astray by the user's own Terraform settings", async () => {
    vi.stubEnv("TF_CLI_ARGS_plan", "-destroy");
    vi.stubEnv("TF_WORKSPACE", "other");
    vi.stubEnv("TF_DATA_DIR", "/nowhere");
    vi.stubEnv("TF_LOG", "trace");
    vi.stubEnv("TF_CLI_CONFIG_FILE", "/nowhere/terraformrc");
    const run = runs.run("up", { resource: quick("one") });
    await init(run, runs.backend);
    expect((await plan(run)).changes.create).toBe(1);
  });

  test("says which resource failed, and why, in a few lines", async () => {
    const command = "echo no room left >&2; exit 7";
    const broken = { terraform_data: { broken: { provisioner: [{ "local-exec": { command } }] } } };
    const run = runs.run("up", { resource: broken });
    await init(run, runs.backend);
    await plan(run);
    const error = await apply(run).catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: "terraform-failed",
      message: "terraform apply failed for alice: local-exec provisioner error",
      details: [
        "terraform_data.broken: local-exec provisioner error",
        expect.stringMatching(/^ {2}Error running command .*exit status 7.*no room left$/),
      ],
      next: expect.stringContaining("terraform.log"),
    });
    expect(run.events.map(({ phase }) => phase)).toEqual(["start", "failed"]);
  });

  test("says what is wrong with a configuration", async () => {
    const run = runs.run("up", { resource: { terraform_data: { quick: { colour: "blue" } } } });
    await init(run, runs.backend);
    await expect(plan(run)).rejects.toMatchObject({
      code: "terraform-failed",
      details: [expect.stringContaining("Extraneous JSON object property"), expect.stringContaining('"colour"')],
    });
  });

  test("says what init stumbled over", async () => {
    const run = runs.run("up", { resource: quick("one") });
    await expect(init(run, { colour: "blue" })).rejects.toMatchObject({
      code: "terraform-failed",
      message: "terraform init failed for alice: Invalid backend configuration argument",
    });
  });
});

describe("init beside another first init", () => {
  const locked = "Error: Error loading state: failed to lock azure state: state blob is already locked";

  test("tries again until the other is through", async () => {
    const binary = runs.program(
      "racing",
      `const fs = require("node:fs");
       fs.appendFileSync("tries", "x");
       if (fs.statSync("tries").size < 3) { console.error(${JSON.stringify(locked)}); process.exit(1); }`,
    );
    const run = runs.run("race", {}, { binary });
    await init(run, runs.backend);
    expect(fs.readFileSync(path.join(run.work, "tries"), "utf8")).toBe("xxx");
  });

  test("gives up when the lock stays", async () => {
    const binary = runs.program("locked", `console.error(${JSON.stringify(locked)}); process.exit(1);`);
    await expect(init(runs.run("race", {}, { binary, lockTimeout: 0 }), runs.backend)).rejects.toMatchObject({
      code: "state-locked",
    });
  });
});

describe("a read-only plan", () => {
  test("reads a copy of the state and writes nothing that stays", async () => {
    const made = runs.run("up", { resource: quick("one") });
    await init(made, runs.backend);
    await plan(made);
    await apply(made);
    const state = fs.readFileSync(runs.state);

    // The stack names the real backend, which nobody serves here: touching it would fail.
    const backend = { terraform: { backend: { azurerm: {} } } };
    const run = runs.run("plan", { ...backend, resource: quick("two") });
    expect(await planReadOnly(run, state)).toEqual({
      changes: { create: 0, update: 1, replace: 0, delete: 0 },
      resources: [{ address: "terraform_data.quick", type: "terraform_data", action: "update" }],
      adopted: [],
      outputs: [],
    });
    expect(fs.readFileSync(runs.state)).toEqual(state);
    const left = fs.readdirSync(run.work).filter((name) => !name.startsWith(".terraform"));
    expect(left.sort()).toEqual(["cdk.tf.json", "terraform.log"]);
  });

  test("of an environment without a state creates everything", async () => {
    const run = runs.run("plan", { resource: quick("one") });
    expect((await planReadOnly(run, null)).changes.create).toBe(1);
  });

  test("does not stand in the way of an up in the same folder", async () => {
    const run = runs.run("both", { resource: quick("one") });
    await planReadOnly(run, null);
    await init(run, runs.backend);
    await plan(run);
    await apply(run);
    expect(fs.existsSync(runs.state)).toBe(true);
  });
});

describe("destroy", () => {
  test("deletes what the state holds without the stack that made it", async () => {
    const made = runs.run("up", { resource: quick("one") });
    await init(made, runs.backend);
    await plan(made);
    await apply(made);

    const run = runs.run("destroy", {});
    await init(run, runs.backend);
    await destroy(run);
    expect(JSON.parse(fs.readFileSync(runs.state, "utf8")).resources).toEqual([]);
    expect(run.events.map(({ action, phase }) => `${action} ${phase}`)).toEqual(["delete start", "delete done"]);
  });
});

describe("while another run holds the lock", () => {
  test("plan waits, then names the holder; its end sets everyone free", async () => {
    const holder = runs.run("holder", { resource: slow(runs.folder) });
    await init(holder, runs.backend);
    await plan(holder);
    const applied = apply(holder);
    await appears(path.join(runs.folder, "started"));

    const waiting = runs.run("waiting", { resource: quick("one") }, { lockTimeout: 0 });
    await init(waiting, runs.backend);
    await expect(plan(waiting)).rejects.toMatchObject({
      code: "state-locked",
      exit: 6,
      message: "the Terraform state of alice is locked",
      details: [
        expect.stringMatching(/^held by \S+@\S+ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(apply\)$/),
        expect.stringMatching(/^lock id [0-9a-f-]{36}$/),
      ],
      next: "wait for that run, or `paas unlock alice` once it has ended",
    });

    fs.writeFileSync(path.join(runs.folder, "go"), "");
    await applied;
    await plan(waiting);
  });

  test("unlocking what is not locked is an error with Terraform's reason", async () => {
    const run = runs.run("unlock", { resource: quick("one") });
    await init(run, runs.backend);
    await expect(forceUnlock(run, "00000000-0000-0000-0000-000000000000")).rejects.toMatchObject({
      message: expect.stringContaining("terraform force-unlock failed for alice"),
    });
  });
});

describe("an interrupt", () => {
  test("during apply saves what was made and gives the lock back, however often it comes", async () => {
    const run = runs.run("up", { resource: slow(runs.folder) });
    await init(run, runs.backend);
    await plan(run);
    const applied = apply(run);
    await appears(path.join(runs.folder, "started"));
    for (let time = 1; time <= 3; time++) run.abort.abort();
    await expect(applied).rejects.toMatchObject({ code: "terraform-failed" });

    const state = JSON.parse(fs.readFileSync(runs.state, "utf8")) as { resources: { name: string }[] };
    expect(state.resources.map(({ name }) => name)).toContain("quick");
    expect(fs.readdirSync(runs.folder).filter((name) => name.includes("lock.info"))).toEqual([]);
    expect(fs.existsSync(path.join(run.work, "errored.tfstate"))).toBe(false);
  });

  test("before a command keeps it from starting", async () => {
    const run = runs.run("up", { resource: quick("one") });
    run.abort.abort();
    await expect(init(run, runs.backend)).rejects.toMatchObject({ code: "interrupted", exit: 130 });
    expect(fs.existsSync(path.join(run.work, ".terraform"))).toBe(false);
  });
});
