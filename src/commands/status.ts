import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { StatusOptions } from "./status.run.js";

const run = lazily(async () => (await import("./status.run.js")).status);

const EXAMPLES = `
Examples:
  $ paas status            the environment of the current branch
  $ paas status alice --json`;

export function registerStatus(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("status")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("show one environment: services, versions, locks, deployments")
    .option("--json", "print it as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<StatusOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
