import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { RollbackOptions } from "./rollback.run.js";

const run = lazily(async () => (await import("./rollback.run.js")).rollback);

const EXAMPLES = `
Deploys the images of an earlier deployment again, with the settings of its commit: nothing is built and Terraform does
not run. Without --to it goes back to the newest deployment of another commit than the one that serves, so that a second
rollback undoes the first. It is recorded as a deployment; a new version that does not get healthy changes nothing.

Inside GitHub Actions it asks GitHub whether the branch is still there, and tells it what up tells: summary, outputs,
deployment and commit status.

Examples:
  $ paas rollback                 the environment of the current branch
  $ paas rollback alice --to 1a2b3c4d   a commit that paas status lists`;

export function registerRollback(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("rollback")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("go back to the version before")
    .option("--to <commit>", "go back to this commit, which was deployed before")
    .option("--lock-timeout <duration>", "wait so long for a lock that another run holds, like 10m")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<RollbackOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
