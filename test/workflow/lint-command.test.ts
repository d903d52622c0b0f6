import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { registerWorkflow } from "../../src/commands/workflow.js";
import { workflowLint } from "../../src/commands/workflow-lint.run.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { renderWorkflows } from "../../src/workflow/render.js";
import { expression } from "../../src/workflow/text.js";
import { type Workbench, workbench } from "../commands/repository.js";

const MANIFEST = `name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
services:
  web: { runtime: node }
environments:
  prod: { branch: main }
`;

const opened: Workbench[] = [];
afterEach(() => {
  for (const bench of opened.splice(0)) bench.remove();
  process.exitCode = undefined;
});

function open(change: (text: string) => string, variables: NodeJS.ProcessEnv = {}): Workbench {
  const bench = workbench({ "paas.yaml": MANIFEST }, variables);
  opened.push(bench);
  const cli = { version: "0.1.0", tarball: null };
  const manifest = requireManifest(MANIFEST, "paas.yaml");
  for (const file of renderWorkflows({ manifest, cli, defaultBranch: "main" })) {
    const place = path.join(bench.root, file.path);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, change(file.text));
  }
  fs.writeFileSync(path.join(bench.root, ".github/workflows/ci.yml"), "on: push\njobs: {}\n");
  return bench;
}

test.each([
  ["workflow lint", {}],
  ["workflow lint --json", { json: true }],
])("%s", async (argv, options) => {
  const { tools } = open((text) => text);
  const lint = vi.fn(async () => {});
  const program = new Command().exitOverride();
  registerWorkflow(program, tools, { lint, rehearse: vi.fn(async () => {}) });
  await program.parseAsync(argv.split(" "), { from: "user" });
  expect(lint).toHaveBeenCalledExactlyOnceWith(options, tools);
});

test("says that nothing was found", async () => {
  const { tools, printed } = open((text) => text);
  await workflowLint({}, tools);
  expect(printed.stdout).toBe("no findings in 3 workflow files, 1 other left out\n");
  expect(process.exitCode).toBeUndefined();
});

test("names file, line, why and fix, and fails", async () => {
  const { tools, printed } = open((text) => text.replace("paas drift", `paas drift ${expression("github.actor")}`));
  await workflowLint({}, tools);
  expect(printed.stdout).toMatch(
    /^\.github\/workflows\/paas-nightly\.yml:\d+:\d+ {2}there is an expression in run {2}\[injection\]$/m,
  );
  expect(printed.stdout).toMatch(/^ {2}why: GitHub puts the value into the script/m);
  expect(printed.stdout).toMatch(/^ {2}fix: give the value to the step in env/m);
  expect(printed.stdout).toMatch(/^1 finding in 3 workflow files, 1 other left out$/m);
  expect(process.exitCode).toBe(1);
});

test("inside GitHub Actions each finding is an annotation at its line, and cannot be another one", async () => {
  const actions = { GITHUB_ACTIONS: "true" };
  const { root, tools, printed } = open((text) => text.replaceAll("      queue: max", "      #"), actions);
  const folder = path.join(root, ".github/workflows");
  fs.renameSync(path.join(folder, "paas-nightly.yml"), path.join(folder, "a,line=1::x%0A.yml"));
  await workflowLint({}, tools);
  const lines = printed.stderr.split("\n").filter((line) => line.startsWith("::error "));
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line).toMatch(
      /^::error file=\.github\/workflows\/[^:,]+\.yml,line=\d+,col=\d+,title=never-cancelled::.+%0Awhy: .+%0Afix: .+$/,
    );
  }
  expect(lines).toContainEqual(expect.stringContaining("file=.github/workflows/a%2Cline=1%3A%3Ax%250A.yml,"));
  expect(process.exitCode).toBe(1);
});

test("prints one JSON document", async () => {
  const { tools, printed } = open((text) => text.replaceAll("      queue: max", "      #"));
  await workflowLint({ json: true }, tools);
  const { findings, ...rest } = JSON.parse(printed.stdout);
  expect(rest).toEqual({
    schemaVersion: 1,
    cloud: "local",
    checked: ["environment", "nightly", "pull-request"].map((name) => `.github/workflows/paas-${name}.yml`),
    others: [".github/workflows/ci.yml"],
  });
  expect(Object.keys(findings[0])).toEqual(["file", "line", "column", "rule", "message", "why", "fix"]);
  expect(new Set(findings.map(({ rule }: { rule: string }) => rule))).toEqual(new Set(["never-cancelled"]));
  expect(process.exitCode).toBe(1);
});

test.each([
  ["https://github.acme.example/acme/shop.git", false],
  ["git@github.acme.example:acme/shop.git", false],
  ["ssh://git@github.acme.example:2222/acme/shop", false],
  ["git@github.com:acme/shop.git", true],
  ["https://github.com/acme/shop", true],
  ["https://acme.ghe.com/acme/shop", true],
  ["/srv/git/shop.git", true],
])("a queue is asked for where there is one: %s", async (url, asked) => {
  const { tools, printed, git } = open((text) => text.replaceAll("      queue: max", "      #"));
  git("remote", "add", "origin", url);
  await workflowLint({ json: true }, tools);
  expect(JSON.parse(printed.stdout).findings.length > 0).toBe(asked);
});

test("without workflow files there is nothing to check", async () => {
  const bench = workbench({ "paas.yaml": MANIFEST });
  opened.push(bench);
  await expect(workflowLint({}, bench.tools)).rejects.toMatchObject({ code: "no-workflows", exit: 2 });
});
