import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { WorkflowLintOptions } from "./workflow-lint.run.js";
import type { WorkflowRehearseOptions } from "./workflow-rehearse.run.js";

const run = {
  lint: lazily(async () => (await import("./workflow-lint.run.js")).workflowLint),
  rehearse: lazily(async () => (await import("./workflow-rehearse.run.js")).workflowRehearse),
};

const EXAMPLES = `
Examples:
  $ paas workflow lint
  $ paas workflow rehearse push env-alice`;

const LINT_EXAMPLES = `
Reads .github/workflows of the working tree, changed by hand or not. Exit code 1 when there is a finding. Inside GitHub
Actions each is an annotation at its line, too.

Examples:
  $ paas workflow lint
  $ paas workflow lint --json | jq -r '.findings[] | "\\(.file):\\(.line) \\(.rule)"'`;

const REHEARSE_EXAMPLES = `
Events:
  push <branch>         the branch is pushed; its own workflow files decide
  delete <branch>       the branch is deleted; those of the default branch decide
  pr <number>           a pull request from --head (the current branch) is opened, or labelled with --label
  closed <number>       it is closed; it carries the label preview, or --label
  nightly               the time of a timetable has come
  dispatch <value…>     a run by hand, with the values of its inputs in their order

Everything happens in a copy of the repository, with a HOME of its own and none of your variables; what steps deploy goes
to the local cloud. Marketplace actions are stood in for.

Examples:
  $ paas workflow rehearse push env-alice
  $ paas workflow rehearse delete env-alice --dry
  $ paas workflow rehearse pr 7 --label preview --fork
  $ paas workflow rehearse dispatch up alice
  $ paas workflow rehearse push env-alice --stand-in acme/notify=./stand-ins/notify`;

export function registerWorkflow(program: Command, tools: Tools, replaced: Partial<typeof run> = {}): void {
  const action = { ...run, ...replaced };
  const workflow = program
    .command("workflow")
    .description("the GitHub workflows of this repository")
    .addHelpText("after", EXAMPLES);
  registerLint(workflow, tools, action.lint);
  registerRehearse(workflow, tools, action.rehearse);
}

function registerLint(workflow: Command, tools: Tools, lint: typeof run.lint): void {
  workflow
    .command("lint")
    .description("say where workflow files put environments at risk")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", LINT_EXAMPLES)
    .action((_: object, command: Command) => lint(command.optsWithGlobals<WorkflowLintOptions>(), tools));
}

function registerRehearse(workflow: Command, tools: Tools, rehearse: typeof run.rehearse): void {
  const collect = (text: string, before: string[] = []) => [...before, text];
  workflow
    .command("rehearse")
    .argument("<event...>", "what happens: push env-alice")
    .description("run the committed workflow files on this machine, as GitHub would for an event (simulated)")
    .option("--dry", "show what would run, and run nothing")
    .option("--json", "print the transcript as JSON")
    .option("--stand-in <action=folder>", "composite action to run in place of an action (repeatable)", collect)
    .option("--var <name=value>", "configuration variable of the repository (repeatable)", collect)
    .option("--secret <name=value>", "secret of the repository (repeatable)", collect)
    .option("--actor <login>", "who does it")
    .option("--by-token", "done by a workflow with its GITHUB_TOKEN")
    .option("--before <commit>", "push: where the branch was before")
    .option("--head <branch>", "pull request: the branch of the change")
    .option("--base <branch>", "pull request: the branch it goes to")
    .option("--action <activity>", "pull request: synchronize, unlabeled and so on")
    .option("--label <name>", "pull request: a label (repeatable)", collect)
    .option("--title <text>", "pull request: its title")
    .option("--fork", "pull request: from a fork")
    .option("--merged", "closed: and merged")
    .option("--cron <line>", "nightly: the line of the timetable")
    .option("--input <name=value>", "dispatch: an input by name (repeatable)", collect)
    .option("--workflow <file>", "dispatch: the workflow's file name")
    .option("--ref <branch>", "dispatch: the branch to run on")
    .addHelpText("after", REHEARSE_EXAMPLES)
    .action((event: string[], _: object, command: Command) =>
      rehearse({ ...command.optsWithGlobals<WorkflowRehearseOptions>(), event }, tools),
    );
}
