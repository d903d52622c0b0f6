import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { DestroyOptions } from "./destroy.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./destroy.run.js")).destroy);

const EXAMPLES = `
Removes the environment's resource group, processes, images and state. Only what carries its tags is touched.

Inside GitHub Actions the environment is that of the event, where none is named. Nothing is done when its branch is back,
or its pull request open with the label again; afterwards its deployments there are inactive.

Examples:
  $ paas destroy alice                      asks first
  $ paas destroy alice --yes                for scripts
  $ paas destroy staging --yes --confirm staging   a protected environment, from a script
  $ git push local --delete env-alice       the same by deleting the branch`;

export function registerDestroy(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("destroy")
    .alias("down")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("remove an environment and every trace of it")
    .option("-y, --yes", "do not ask")
    .option("--confirm <id>", "also needed for a protected environment when nobody can be asked")
    .option("--lock-timeout <duration>", "wait so long for a lock that another run holds, like 10m")
    .option("--comment", "in a pull request's workflow, keep one comment on it up to date")
    .option("--json", "print the result as JSON")
    .addOption(program.createOption("--from <repository>", "read the project there").hideHelp())
    .addOption(program.createOption("--commit <revision>", "the branch's last commit").hideHelp())
    .addOption(program.createOption("--push", "the environment is a branch whose deletion was pushed").hideHelp())
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<DestroyOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
