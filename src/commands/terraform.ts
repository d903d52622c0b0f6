import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { TerraformOptions } from "./terraform.run.js";

const run = lazily(async () => (await import("./terraform.run.js")).terraform);

const EXAMPLES = `
Runs Terraform against the environment's own state, with the configuration of its branch's tip.

Examples:
  $ paas terraform alice -- state list
  $ paas terraform alice -- plan
  $ paas terraform alice -- console`;

export function registerTerraform(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("terraform")
    .argument("<environment>", "environment id or env-* branch")
    .argument("[words...]", "what follows -- goes to Terraform as it is")
    .description("run Terraform against an environment's state")
    .addHelpText("after", EXAMPLES)
    .action((environment: string, words: string[], _: object, command: Command) =>
      action({ ...command.optsWithGlobals<TerraformOptions>(), environment, words }, tools),
    );
}
