import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { PlanOptions } from "./plan.run.js";

const run = lazily(async () => (await import("./plan.run.js")).plan);

const EXAMPLES = `
Writes nothing and takes no lock. Lists what Terraform would change and which services would be built and deployed.

In a pull request's workflow it is about what merging would change: the fixed environment that follows the base branch,
else the environment of the head branch, else the preview; of the commit that is checked out.

Examples:
  $ paas plan                           the environment of the current branch
  $ paas plan alice --detailed-exitcode exit 2 when there are changes, 0 when there are none, 1 for every error`;

export function registerPlan(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("plan")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("show what `up` would change")
    .option("--commit <revision>", "plan this commit")
    .option("--detailed-exitcode", "exit 2 when there are changes")
    .option("--comment", "in a pull request's workflow, keep one comment on it up to date")
    .option("--json", "print the plan as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<PlanOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
