import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { NameOptions } from "./name.run.js";

const run = lazily(async () => (await import("./name.run.js")).name);

const EXAMPLES = `
The same branch always gives the same names; no network is asked.

Examples:
  $ paas name env-alice
  alice
  $ paas name 'env-Feature/Login' --json | jq -r .resourceGroup`;

export function registerName(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("name")
    .argument("<branch>", "a branch, such as env-alice")
    .description("print the environment id of a branch; with --json all its names")
    .option("--json", "print id, resource group, state key and the names of every kind of resource")
    .addHelpText("after", EXAMPLES)
    .action((branch: string, _: object, command: Command) =>
      action({ ...command.optsWithGlobals<Omit<NameOptions, "branch">>(), branch }, tools),
    );
}
