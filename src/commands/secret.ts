import { type Command, Option } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { NamedSecretOptions, SecretOptions } from "./secret.run.js";

const RUNS = {
  set: lazily(async () => (await import("./secret.run.js")).setSecret),
  ls: lazily(async () => (await import("./secret.run.js")).listSecrets),
  rm: lazily(async () => (await import("./secret.run.js")).removeSecret),
};

const EXAMPLES = `
A value comes from standard input, or is asked for without being shown; it is never an argument. It lives in a vault: that
of one environment, or that of a tier, whose values every environment gets that has none of its own. An app reads a new
value after the next \`paas up\`.

Examples:
  $ paas secret set STRIPE_KEY --tier nonprod            asks for the value
  $ paas secret set STRIPE_KEY --env alice < stripe.key
  $ paas secret ls --env alice
  $ paas secret rm STRIPE_KEY --env alice`;

export function registerSecret(program: Command, tools: Tools, actions: typeof RUNS = RUNS): void {
  const secret = program
    .command("secret")
    .description("set, list and remove values of secrets")
    .addHelpText("after", EXAMPLES);
  const subcommand = (name: string, description: string) =>
    secret
      .command(name)
      .description(description)
      .option("--env <environment>", "the vault of this environment; default PAAS_ENV, then the current branch")
      .addOption(new Option("--tier <tier>", "the vault of this tier").choices(["nonprod", "prod"]).conflicts("env"))
      .option("--json", "print the result as JSON");

  subcommand("set", "put a value into a vault")
    .argument("<name>", "as paas.yaml lists it")
    .action((name: string, _: object, command: Command) =>
      actions.set({ ...command.optsWithGlobals<NamedSecretOptions>(), name }, tools),
    );
  subcommand("ls", "list the names of a vault's values").action((_: object, command: Command) =>
    actions.ls(command.optsWithGlobals<SecretOptions>(), tools),
  );
  subcommand("rm", "remove a value from a vault")
    .argument("<name>", "as paas.yaml lists it")
    .action((name: string, _: object, command: Command) =>
      actions.rm({ ...command.optsWithGlobals<NamedSecretOptions>(), name }, tools),
    );
}
