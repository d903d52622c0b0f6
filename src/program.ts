import { Command, Option } from "commander";
import { registerBootstrap } from "./commands/bootstrap.js";
import { registerCompletion } from "./commands/completion.js";
import { registerConfig } from "./commands/config.js";
import { registerDestroy } from "./commands/destroy.js";
import { registerDoctor } from "./commands/doctor.js";
import { registerDrift } from "./commands/drift.js";
import { registerEject } from "./commands/eject.js";
import { registerExec } from "./commands/exec.js";
import { registerInit } from "./commands/init.js";
import { registerLocal } from "./commands/local.js";
import { registerLogin, registerLogout } from "./commands/login.js";
import { registerLogs } from "./commands/logs.js";
import { registerLs } from "./commands/ls.js";
import { registerName } from "./commands/name.js";
import { registerOpen } from "./commands/open.js";
import { registerPlan } from "./commands/plan.js";
import { registerPushed } from "./commands/pushed.js";
import { registerReap } from "./commands/reap.js";
import { registerRollback } from "./commands/rollback.js";
import { registerSecret } from "./commands/secret.js";
import { registerStatus } from "./commands/status.js";
import { registerTerraform } from "./commands/terraform.js";
import { registerUnlock } from "./commands/unlock.js";
import { registerUp } from "./commands/up.js";
import { registerValidate } from "./commands/validate.js";
import { registerWorkflow } from "./commands/workflow.js";
import type { Tools } from "./tools.js";
import { version } from "./version.js";

const EXAMPLES = `
Examples:
  $ paas init                          scaffold this repository
  $ git push local env-alice           create or update environment alice on this machine
  $ paas open alice                    print and open its URL
  $ paas logs -f alice                 follow its output
  $ paas destroy alice                 remove it and every trace

Exit codes: 0 done · 1 failed · 2 wrong usage or manifest · 3 no such environment · 4 not signed in
            5 refused by protection · 6 locked · 130 interrupted`;

/** The whole command tree; each command registers itself. */
export function createProgram(tools: Tools): Command {
  const program = new Command("paas")
    .description("Every env-* branch is a running environment.")
    .version(version, "-V, --version", "print the version")
    .option("-C, --directory <folder>", "work in this folder")
    .addOption(new Option("--cloud <name>", "where environments live (or PAAS_CLOUD)").choices(["local", "azure"]))
    .option("--no-prompt", "never ask: a missing answer is an error")
    .option("--verbose", "show the cause of an error")
    .helpOption("-h, --help", "show help")
    .addHelpCommand(new Command("help").argument("[command]").description("show help of a command").helpGroup("Help:"))
    .addHelpText("after", EXAMPLES)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError()
    // Main words it, like every other error.
    .configureOutput({ outputError: () => {} })
    .exitOverride();

  program.commandsGroup("Project:");
  registerInit(program, tools);
  registerDoctor(program, tools);
  registerValidate(program, tools);
  registerConfig(program, tools);
  registerName(program, tools);
  registerSecret(program, tools);
  registerEject(program, tools);
  program.commandsGroup("Environments:");
  registerPlan(program, tools);
  registerUp(program, tools);
  registerRollback(program, tools);
  registerDestroy(program, tools);
  registerLs(program, tools);
  registerStatus(program, tools);
  registerOpen(program, tools);
  registerLogs(program, tools);
  registerExec(program, tools);
  registerUnlock(program, tools);
  registerReap(program, tools);
  registerDrift(program, tools);
  program.commandsGroup("Azure:");
  registerBootstrap(program, tools);
  registerLogin(program, tools);
  registerLogout(program, tools);
  program.commandsGroup("This machine:");
  registerLocal(program, tools);
  registerTerraform(program, tools);
  registerWorkflow(program, tools);
  registerCompletion(program, tools);
  registerPushed(program, tools);
  return program;
}
