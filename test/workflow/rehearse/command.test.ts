import path from "node:path";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import type { Cloud } from "../../../src/cloud.js";
import { registerWorkflow } from "../../../src/commands/workflow.js";
import { workflowRehearse } from "../../../src/commands/workflow-rehearse.run.js";
import type { Tools } from "../../../src/tools.js";
import { type Workbench, workbench } from "../../commands/repository.js";
import { writeFiles } from "../../helpers/repository.js";
import { webText } from "../../manifest/manifests.js";
import { projectFiles } from "./theatre.js";

const OWN = `name: Own
on: push
jobs:
  main:
    runs-on: x
    steps:
      - run: echo "cloud $PAAS_CLOUD" && exit "\${CODE:-0}"
`;

const opened: Workbench[] = [];
afterEach(() => {
  for (const bench of opened.splice(0)) bench.remove();
  process.exitCode = undefined;
});

function open(files: Record<string, string> = projectFiles(), variables: NodeJS.ProcessEnv = {}) {
  const bench = workbench({ "paas.yaml": webText() }, { PATH: process.env.PATH, ...variables });
  opened.push(bench);
  writeFiles(bench.root, files);
  bench.git("add", "--all");
  bench.git("commit", "--quiet", "--message=workflows");
  bench.git("branch", "env-alice");
  const running = { close: async () => {} } as Partial<Cloud> as Cloud;
  const tools: Tools = { ...bench.tools, cloud: async () => running };
  return { ...bench, tools };
}

test("argv becomes an event and options", async () => {
  const rehearse = vi.fn(async () => {});
  const program = new Command().exitOverride();
  const { tools } = open();
  registerWorkflow(program, tools, { rehearse });
  const words = "workflow rehearse pr 7 --label a --label b --fork --dry --json --stand-in x/y=./z";
  await program.parseAsync(words.split(" "), { from: "user" });
  const options = { event: ["pr", "7"], label: ["a", "b"], fork: true, dry: true, json: true, standIn: ["x/y=./z"] };
  expect(rehearse).toHaveBeenCalledExactlyOnceWith(options, tools);
});

test("a dry rehearsal as people read it", async () => {
  const { tools, printed } = open();
  await workflowRehearse({ event: ["delete", "env-alice"], dry: true }, tools);
  expect(printed.stdout).toMatch(/^delete refs\/heads\/main \([0-9a-f]{8}\)$/m);
  expect(printed.stdout).toMatch(/^○ \.github\/workflows\/paas-environment\.yml {2}delete env-alice$/m);
  expect(printed.stdout).toMatch(/^ {6}group {8}paas-env-alice \(up to 100 wait\)$/m);
  expect(printed.stdout).toMatch(/^ {6}environment {2}paas-destroy \(main matches main\)$/m);
  expect(printed.stdout).toMatch(/^ {6}subject {6}repo:owner\/[^:]+:environment:paas-destroy$/m);
  expect(printed.stdout).toMatch(/^ {6}○ Run actions\/checkout@3d3c42e$/m);
  expect(printed.stdout).toMatch(/paas-nightly\.yml: does not start, it is not on: delete$/m);
  expect(printed.stdout).toMatch(/^Nothing was run\. Limits of a rehearsal:\n {2}this simulates/m);
  expect([printed.stderr, process.exitCode]).toEqual(["", undefined]);
});

test("a rehearsal as one JSON document; what steps print goes to stderr", async () => {
  const { tools, printed, git } = open({ ".github/workflows/own.yml": OWN });
  git("remote", "add", "origin", "git@github.com:acme/shop.git");
  await workflowRehearse({ event: ["push", "env-alice"], json: true }, tools);
  const document = JSON.parse(printed.stdout);
  expect(document).toMatchObject({ schemaVersion: 1, cloud: "local", ran: true, result: "success", calls: [] });
  expect(document.event.payload.repository.full_name).toBe("acme/shop");
  expect(document.workflows[0].jobs[0].steps[0]).toMatchObject({ status: "success", log: ["cloud local"] });
  expect(printed.stderr).toContain("cloud local");
});

test("a job that fails makes exit code 1", async () => {
  const { tools, printed } = open({ ".github/workflows/own.yml": OWN.replace(":-0", ":-3") });
  await workflowRehearse({ event: ["push", "env-alice"] }, tools);
  expect(process.exitCode).toBe(1);
  expect(printed.stdout).toMatch(/✗ Run echo.*\n {10}cloud local\n {10}error: Process completed with exit code 3\.$/m);
});

test("never against Azure", async () => {
  const { tools } = open(undefined, { PAAS_CLOUD: "azure" });
  const code = "rehearsal-needs-local-cloud";
  await expect(workflowRehearse({ event: ["push", "env-alice"] }, tools)).rejects.toMatchObject({ code, exit: 2 });
});

test("a branch that is not here, and a repository without workflows", async () => {
  const { tools } = open();
  const missing = workflowRehearse({ event: ["push", "env-bob"], dry: true }, tools);
  await expect(missing).rejects.toMatchObject({ code: "no-such-commit", exit: 2 });
  const bare = open({ "README.md": "words" });
  const without = workflowRehearse({ event: ["push", "env-alice"], dry: true }, bare.tools);
  await expect(without).rejects.toMatchObject({ code: "no-workflows", exit: 2 });
});

test("a stand-in is a folder beside where the command runs", async () => {
  const uses = OWN.replace(/- run: .*/, "- uses: acme/notify@v1");
  const { tools, printed, root } = open({ ".github/workflows/own.yml": uses });
  const text = 'runs: { using: composite, steps: [{ shell: bash, run: "echo stood in" }] }\n';
  writeFiles(path.join(root, "stand-ins"), { "action.yml": text });
  await workflowRehearse({ event: ["push", "env-alice"], standIn: ["acme/notify=./stand-ins"] }, tools);
  expect(printed.stderr).toContain("stood in");
});
