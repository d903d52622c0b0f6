import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runOnTerminal, runTerraform, variablesFor } from "../../src/terraform/run.js";
import { appears, TestRuns } from "./work-folder.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let runs: TestRuns;
beforeEach(() => {
  runs = new TestRuns();
});
afterEach(() => runs.remove());

test("gets exactly one SIGINT, however often the user asks", async () => {
  const binary = runs.program(
    "counting",
    `const fs = require("node:fs");
     process.on("SIGINT", () => console.log("SIGINT"));
     console.log("ready");
     const timer = setInterval(() => fs.existsSync("go") && process.exit(3), 5);`,
  );
  const run = runs.run("interrupted", {}, { binary });
  const lines: string[] = [];
  const ended = runTerraform(run, [], (line) => {
    lines.push(line);
    if (line === "ready") for (let time = 1; time <= 3; time++) run.abort.abort();
    if (line === "SIGINT") fs.writeFileSync(path.join(run.work, "go"), "");
  });
  expect(await ended).toEqual({ code: 3, stdout: "ready\nSIGINT\n", stderr: "" });
  expect(lines).toEqual(["ready", "SIGINT"]);
});

test("one that never stops is killed with all it started, and says that the state may be locked", async () => {
  const binary = runs.program(
    "stubborn",
    `process.on("SIGINT", () => {});
     const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
     require("node:fs").writeFileSync("child", String(child.pid));
     setInterval(() => {}, 1000);`,
  );
  const run = runs.run("stubborn-run", {}, { binary, patience: 50 });
  const ended = runTerraform(run, []);
  const pidFile = path.join(run.work, "child");
  await appears(pidFile);
  run.abort.abort();
  await expect(ended).rejects.toMatchObject({
    code: "terraform-killed",
    exit: 130,
    details: ["its state may be locked, and may miss what was being changed"],
    next: "`paas unlock alice`, then run again",
  });
  await gone(Number(fs.readFileSync(pidFile, "utf8")));
});

test("a program that cannot be started is a clear error", async () => {
  const run = runs.run("missing", {}, { binary: "/no/such/terraform" });
  await expect(runTerraform(run, [])).rejects.toMatchObject({ code: "terraform-missing" });
});

test.each([
  { terminal: false, heard: "SIGINT" },
  { terminal: true, heard: "" },
])("run for a person, on a terminal: $terminal, it hears of an abort: $heard", async ({ terminal, heard }) => {
  const binary = runs.program(
    "person",
    `const fs = require("node:fs");
     process.on("SIGINT", () => fs.appendFileSync("heard", "SIGINT"));
     fs.writeFileSync("heard", "");
     const timer = setInterval(() => fs.existsSync("go") && setImmediate(end), 5);
     // A signal that has arrived is heard before the end.
     const end = () => process.exit(Number(process.env.TF_INPUT) + 6);`,
  );
  const run = runs.run("person-run", {}, { binary });
  const ended = runOnTerminal(run, [], terminal);
  const file = path.join(run.work, "heard");
  await appears(file);
  for (let time = 1; time <= 3; time++) run.abort.abort();
  fs.writeFileSync(path.join(run.work, "go"), "");
  expect(await ended).toBe(7);
  expect(fs.readFileSync(file, "utf8")).toBe(heard);
});

test("lines arrive whole, also the last one without an end", async () => {
  const binary = runs.program("talking", `process.stdout.write("a\\nb"); process.stdout.write("c\\n\\nlast é");`);
  const lines: string[] = [];
  await runTerraform(runs.run("talk", {}, { binary }), [], (line) => lines.push(line));
  expect(lines).toEqual(["a", "bc", "", "last é"]);
});

test("its variables are the cloud's, with nothing of the user's but where things are", () => {
  const settings = path.join(runs.folder, "terraformrc");
  fs.writeFileSync(settings, "");
  const inherited = {
    PATH: "/bin",
    HOME: "/home/me",
    TF_CLI_ARGS: "-x",
    TF_WORKSPACE: "w",
    ARM_CLIENT_SECRET: "s",
    EDITOR: "vi",
  };
  const always = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
  const expected = { PATH: "/bin", HOME: "/home/me", ARM_USE_OIDC: "true", ...always };
  expect(variablesFor({ ARM_USE_OIDC: "true", TF_INPUT: "1" }, inherited)).toEqual(expected);
  expect(variablesFor({ ARM_USE_OIDC: "true" }, { ...inherited, TF_CLI_CONFIG_FILE: settings })).toEqual({
    ...expected,
    TF_CLI_CONFIG_FILE: settings,
  });
  expect(variablesFor({ ARM_USE_OIDC: "true" }, { ...inherited, TF_CLI_CONFIG_FILE: "/gone" })).toEqual(expected);
});

/** Resolves when no process has this id. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
