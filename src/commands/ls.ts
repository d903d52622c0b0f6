import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { LsOptions } from "./ls.run.js";

const run = lazily(async () => (await import("./ls.run.js")).ls);

const EXAMPLES = `
Examples:
  $ paas ls
  $ paas ls --json | jq -r '.environments[] | select(.status == "failed") | .envId'`;

export function registerLs(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("ls")
    .description("list the project's environments")
    .option("-a, --all", "also those that were destroyed")
    .option("--json", "print the list as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<LsOptions>(), tools));
}
