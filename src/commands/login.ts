import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { LoginOptions, LogoutOptions } from "./login.run.js";

const runLogin = lazily(async () => (await import("./login.run.js")).login);
const runLogout = lazily(async () => (await import("./login.run.js")).logout);

const EXAMPLES = `
Shows a code to type in on any device. What it gets is kept in your configuration folder, readable by you alone, and used
by Terraform too. Where GitHub Actions, a client secret, a certificate or a federated token file is at hand, or you are
signed in to the Azure CLI, no login is needed.

Examples:
  $ paas login
  $ paas login --tenant 11111111-2222-4333-8444-555555555555`;

const LOGOUT_EXAMPLES = `
Examples:
  $ paas logout`;

export function registerLogin(program: Command, tools: Tools, action: typeof runLogin = runLogin): void {
  program
    .command("login")
    .description("sign in to Azure by a code on any device")
    .option("--tenant <id>", "tenant to sign in to; default that of `platform:` in paas.yaml, then your home tenant")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<LoginOptions>(), tools));
}

export function registerLogout(program: Command, tools: Tools, action: typeof runLogout = runLogout): void {
  program
    .command("logout")
    .description("forget what `paas login` has kept")
    .option("--json", "print the result as JSON")
    .addHelpText("after", LOGOUT_EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<LogoutOptions>(), tools));
}
