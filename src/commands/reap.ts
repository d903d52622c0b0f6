import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { ReapOptions } from "./reap.run.js";

const run = lazily(async () => (await import("./reap.run.js")).reap);

const EXAMPLES = `
Left over is an environment whose branch is not in the remote any more, or whose time is up. Fixed and protected ones are
never removed, and nothing is when the branches cannot be read or when too many would go at once: more than --max-share
of those that are not protected, and more than 3.

Inside GitHub Actions branches and pull requests are read at GitHub, previews go when their pull request is closed or has
lost its label, nobody is asked, and --plan writes the step output environments: JSON for a matrix.

Examples:
  $ paas reap --plan              what is left over, and why
  $ paas reap                     asks, then removes all of it
  $ paas reap alice --yes         this one, if it is left over`;

export function registerReap(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("reap")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then all that are left over")
    .description("remove environments that are left over")
    .option("--plan", "list them, and change nothing")
    .option("-y, --yes", "do not ask")
    .option("--max-share <percent>", "refuse to remove more than this at once; default 50")
    .option("--lock-timeout <duration>", "wait so long for a lock that another run holds, like 10m")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<ReapOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
