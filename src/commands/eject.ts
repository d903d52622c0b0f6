import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { EjectOptions } from "./eject.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./eject.run.js")).eject);

const EXAMPLES = `
Writes the environment's infrastructure as plain Terraform JSON, its backend filled in, with a short README: for whoever
wants to go on without paas, or to see what it would do. Nothing in the cloud is changed.

Examples:
  $ paas eject alice --out ../alice-terraform`;

export function registerEject(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("eject")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("write an environment's infrastructure as plain Terraform")
    .requiredOption("--out <folder>", "a folder that is new or empty")
    .option("--commit <revision>", "eject this commit")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<EjectOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
