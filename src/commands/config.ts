import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { ConfigOptions } from "./config.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./config.run.js")).config);

const EXAMPLES = `
Examples:
  $ paas config alice                    paas.yaml with the overlays of environment alice applied
  $ paas config alice --environment-file > environment.json
  $ PAAS_ENVIRONMENT_FILE=$PWD/environment.json npx cdktf synth     in infra/, by hand`;

export function registerConfig(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("config")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .description("show what paas.yaml says for one environment")
    .option("--environment-file", "print the file that infra/ reads, as up would write it for a first life")
    .option("--json", "print it as JSON")
    .addHelpText("after", EXAMPLES)
    .action((environment: string | undefined, _: object, command: Command) =>
      action(
        { ...command.optsWithGlobals<ConfigOptions>(), ...(environment === undefined ? {} : { environment }) },
        tools,
      ),
    );
}
