import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { BootstrapOptions } from "./bootstrap.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./bootstrap.run.js")).bootstrap);

const EXAMPLES = `
Makes what all environments of a tier share on Azure, once: state account, registry, Container Apps environment, the
identities that workflows sign in as, and what GitHub must know of them. First it shows everything that it will create,
grant and register. What is there already stays; after a failure the same command goes on.

Examples:
  $ paas bootstrap --dry-run                   show the plan and change nothing
  $ paas bootstrap                             the platform of all but production, in a subscription of its own
  $ paas bootstrap --shared-subscription       in a subscription that others use too: a narrow role, no Contributor
  $ paas bootstrap --tier prod --subscription <id>       production, out of reach of branches
  $ paas bootstrap --remove                    take it down again; refused while environments exist`;

export function registerBootstrap(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("bootstrap")
    .description("make the platform on Azure that environments share, once per tier")
    .addOption(program.createOption("--tier <tier>", "which platform").choices(["nonprod", "prod"]).default("nonprod"))
    .option("--subscription <id>", "in this subscription; default the tier's in paas.yaml, then ARM_SUBSCRIPTION_ID")
    .option("--tenant <id>", "of this tenant; default the one in paas.yaml, then ARM_TENANT_ID")
    .option("--shared-subscription", "others have resource groups there too")
    .option("--state-account <name>", "name of the storage account for states, where the default one is taken")
    .option("--platform", "apply the platform stack of infra/ again, as after a change of it")
    .option("--remove", "take the platform of the tier down again")
    .option("--dry-run", "show the plan and change nothing")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<BootstrapOptions>(), tools));
}
