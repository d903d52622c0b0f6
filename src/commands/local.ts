import type { Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";
import type { LocalOptions } from "./local.run.js";

const run = {
  start: lazily(async () => (await import("./local.run.js")).start),
  stop: lazily(async () => (await import("./local.run.js")).stop),
  status: lazily(async () => (await import("./local.run.js")).status),
  logs: lazily(async () => (await import("./local.run.js")).logs),
  reset: lazily(async () => (await import("./local.run.js")).reset),
};

const EXAMPLES = `
The local cloud simulates the parts of Azure that environments need, on 127.0.0.1 only, one per checkout. Every command
starts it on demand; its data lies in .paas/local/.

Examples:
  $ paas local start
  $ paas local status --json
  $ paas local reset --yes`;

export function registerLocal(program: Command, tools: Tools, action: typeof run = run): void {
  const local = program
    .command("local")
    .description("the embedded local cloud of this checkout (simulated)")
    .addHelpText("after", EXAMPLES);
  const options = (command: Command) => command.optsWithGlobals<LocalOptions>();
  local
    .command("start")
    .description("start it, with the platform that environments share")
    .option("--port <number>", "gateway port, kept from now on")
    .option("--json", "print its addresses as JSON")
    .action((_: object, command: Command) => action.start(options(command), tools));
  local
    .command("stop")
    .description("stop it and the apps in it; the next start brings them back")
    .option("--json", "print the result as JSON")
    .action((_: object, command: Command) => action.stop(options(command), tools));
  local
    .command("status")
    .description("show whether it runs, its addresses and its apps")
    .option("--json", "print it as JSON")
    .action((_: object, command: Command) => action.status(options(command), tools));
  local
    .command("logs")
    .description("show what the local cloud itself printed")
    .option("--tail <lines>", "how many lines", "100")
    .action((_: object, command: Command) => action.logs(options(command), tools));
  local
    .command("reset")
    .description("stop it and forget every environment, state and image in it")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the result as JSON")
    .action((_: object, command: Command) => action.reset(options(command), tools));
}
