import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { DriftOptions } from "./drift.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./drift.run.js")).drift);

const EXAMPLES = `
Compares what is in the cloud with Terraform's state, environment by environment, and changes neither. What deploy sets
(images, variables, secrets, its tags) is no drift. Attributes are named, values are not shown. Exit code 1 when there is
drift, when a resource group is gone or known to nobody, or when an environment could not be compared.

Inside GitHub Actions the result is in the summary of the step too.

Examples:
  $ paas drift                    every environment that you may read
  $ paas drift alice
  $ paas drift --json | jq -r '.environments[] | select(.status == "drift") | .envId'`;

export function registerDrift(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("drift")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then all")
    .description("show what was changed in the cloud past Terraform")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<DriftOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
