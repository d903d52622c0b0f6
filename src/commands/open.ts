import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { OpenOptions } from "./open.run.js";

const run = lazily(async () => (await import("./open.run.js")).open);

const EXAMPLES = `
Prints the URL; on a terminal it also opens the browser.

Examples:
  $ paas open alice
  $ curl "$(paas open alice)/healthz"`;

export function registerOpen(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("open")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("print the URL of an environment and open it")
    .option("--service <name>", "of this service instead of the first public one")
    .option("--json", "print it as JSON, open nothing")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<OpenOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
