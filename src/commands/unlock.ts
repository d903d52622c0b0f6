import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { UnlockOptions } from "./unlock.run.js";

const run = lazily(async () => (await import("./unlock.run.js")).unlock);

const EXAMPLES = `
Shows who holds the environment's two locks: ours on its record, Terraform's on its state. Ours is broken when it has
expired, Terraform's only when its holder is a dead process of this machine, or with --force and its lock id.

Examples:
  $ paas unlock alice
  $ paas unlock alice --force 5a0d7c1e-…`;

export function registerUnlock(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("unlock")
    .argument("<environment>", "environment id or env-* branch")
    .description("show an environment's locks and break those that are dead")
    .option("--force <lock id>", "break Terraform's lock with this id, whoever holds it")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string, _: object, command: Command) =>
      action({ ...command.optsWithGlobals<UnlockOptions>(), environment }, tools),
    );
}
