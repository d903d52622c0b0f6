import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { UpOptions } from "./up.run.js";

const run = lazily(async () => (await import("./up.run.js")).up);

const EXAMPLES = `
Builds a commit, never the working tree: the tip of the environment's local branch, or --commit.

Inside GitHub Actions the environment is that of the event, where none is named. It asks GitHub whether branch or pull
request still want it, and else does nothing; it tells GitHub how it goes: step summary, outputs url, environment and
resource-group, deployment and commit status. Forks and Dependabot are refused.

Examples:
  $ paas up                       the environment of the current branch
  $ paas up alice                 branch env-alice
  $ paas up alice --commit HEAD~1 an older commit of it
  $ paas up --json | jq -r .url`;

export function registerUp(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("up")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("create or update an environment from a commit of its branch")
    .option("--commit <revision>", "deploy this commit")
    .option("--lock-timeout <duration>", "wait so long for a lock that another run holds, like 10m")
    .option("--comment", "in a pull request's workflow, keep one comment on it up to date")
    .option("--json", "print the result as JSON")
    .addOption(program.createOption("--from <repository>", "read the commit there").hideHelp())
    .addOption(program.createOption("--push", "the environment is a pushed branch").hideHelp())
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action({ ...command.optsWithGlobals<UpOptions>(), ...(environment === undefined ? {} : { environment }) }, tools),
    );
}
