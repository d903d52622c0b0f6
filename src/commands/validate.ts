import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { ValidateOptions } from "./validate.run.js";

const run = lazily(async () => (await import("./validate.run.js")).validate);

const EXAMPLES = `
Names every problem with its line, without a network. Exit code 2 when there is one.

Examples:
  $ paas validate
  $ paas validate --json | jq -r '.error.details[]'`;

export function registerValidate(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("validate")
    .description("check paas.yaml")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<ValidateOptions>(), tools));
}
