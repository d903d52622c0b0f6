import { Argument, type Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { PushedOptions } from "./pushed.run.js";

const run = lazily(async () => (await import("./pushed.run.js")).pushed);

/** What the local cloud calls for a push; people push. */
export function registerPushed(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("pushed", { hidden: true })
    .addArgument(new Argument("<kind>", "what the push means").choices(["up", "destroy"]))
    .argument("<branch>", "the pushed branch")
    .requiredOption("--from <repository>", "the repository that was pushed to")
    .requiredOption("--commit <sha>", "the pushed commit; of a deletion the last one")
    .requiredOption("--before <sha>", "where the branch was; all zeros for a new one")
    .action((kind: PushedOptions["kind"], branch: string, _: object, command: Command) =>
      action({ ...command.optsWithGlobals<PushedOptions>(), kind, branch }, tools),
    );
}
