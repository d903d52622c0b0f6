import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { LogsOptions } from "./logs.run.js";

const run = lazily(async () => (await import("./logs.run.js")).logs);

const EXAMPLES = `
Examples:
  $ paas logs alice               the last 100 lines of every service
  $ paas logs alice -f            and what follows
  $ paas logs alice --service api --tail 20
  $ paas logs alice --system      what the platform says: starts, probes, restarts
  $ paas logs alice --json        one JSON document per line`;

export function registerLogs(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("logs")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("show what the apps of an environment print")
    .option("-f, --follow", "go on until Ctrl-C")
    .option("--tail <lines>", "lines of history", "100")
    .option("--service <name>", "of this service alone")
    .option("--system", "what the platform says of the apps, not what they print")
    .option("--json", "print each line as a JSON document")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<LogsOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
