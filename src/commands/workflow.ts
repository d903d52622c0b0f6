import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { WorkflowLintOptions } from "./workflow-lint.run.js";

const run = {
  lint: lazily(async () => (await import("./workflow-lint.run.js")).workflowLint),
};

const LINT_EXAMPLES = `
Reads .github/workflows of the working tree, changed by hand or not. Exit code 1 when there is a finding.

Examples:
  $ paas workflow lint
  $ paas workflow lint --json | jq -r '.findings[] | "\\(.file):\\(.line) \\(.rule)"'`;

export function registerWorkflow(program: Command, tools: Tools, action: typeof run = run): void {
  const workflow = program.command("workflow").description("the GitHub workflows of this repository");
  registerLint(workflow, tools, action.lint);
}

function registerLint(workflow: Command, tools: Tools, lint: typeof run.lint): void {
  workflow
    .command("lint")
    .description("say where workflow files put environments at risk")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", LINT_EXAMPLES)
    .action((_: object, command: Command) => lint(command.optsWithGlobals<WorkflowLintOptions>(), tools));
}
