import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { ExecOptions } from "./exec.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./exec.run.js")).exec);

const EXAMPLES = `
Runs beside the app, in its folder and with its environment, secrets included. The exit code is the command's own.
Without a command it opens a shell, \`sh\`.

Examples:
  $ paas exec alice                            a shell
  $ paas exec alice -- node migrate.js         one command
  $ paas exec alice --service api -- env
  $ paas exec alice -- sh -c 'ls | wc -l'      words go as they are: a pipe needs a shell
  $ echo 'env | sort' | paas exec alice        a script`;

export function registerExec(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("exec")
    .argument("[environment]", "environment id or env-* branch; default PAAS_ENV, then the current branch")
    .argument("[words...]", "what follows -- is the command; default a shell")
    .usage("[options] [environment] -- [command...]")
    .description("run a command where an app runs, or open a shell there")
    .option("--service <name>", "beside this service instead of the first public one")
    .addHelpText("after", EXAMPLES)
    .action((_environment: string | undefined, _words: string[], _: object, command: Command) => {
      const words = afterDashes(command);
      const named = command.args.slice(0, command.args.length - words.length);
      return action({ ...command.optsWithGlobals<ExecOptions>(), named, words }, tools);
    });
}

/** The parser drops the dashes, and `exec -- ls` would be `exec ls` to us. */
function afterDashes(command: Command): string[] {
  const { parent } = command as Command & { parent: { rawArgs: string[] } | null };
  const words = parent?.rawArgs ?? [];
  const dashes = words.indexOf("--");
  return dashes === -1 ? [] : words.slice(dashes + 1);
}
