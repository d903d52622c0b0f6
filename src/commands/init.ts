import { type Command, Option } from "commander";
import type { Tools } from "../tools.js";
import type { InitOptions } from "./init.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => {
  const { init } = await import("./init.run.js");
  return (options: InitOptions, tools: Tools) => init(options, tools);
});

const EXAMPLES = `
Looks at package.json, lock files, requirements.txt, index.html and Dockerfiles, says what it found, and writes what is
missing: paas.yaml, infra/ with this paas in infra/vendor, the workflows of .github/, a Dockerfile per service, and the
git remote "local". Files that you have changed are shown as a diff and kept.

Examples:
  $ paas init                                 ask, with good defaults
  $ paas init --yes                           take the defaults
  $ paas init --yes --sample node             a first app in an empty repository
  $ paas init --yes --service web=apps/web --service api=apps/api
  $ paas init --yes --codeowners @acme/platform
  $ paas init --dry-run                       show what would be written`;

export function registerInit(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("init")
    .description("make this repository a project: paas.yaml, infra/, workflows, Dockerfile, git remote")
    .option("-y, --yes", "take the defaults; files that you have changed are kept")
    .option("--name <name>", "name of the project")
    .option("--location <region>", "Azure region, like westeurope")
    .addOption(
      new Option("--runtime <runtime>", "how the service is built").choices(["node", "python", "static", "docker"]),
    )
    .option("--port <number>", "port that the service listens on")
    .option("--service <name=path>", "a service and its folder; may be repeated", append)
    .addOption(new Option("--sample <sample>", "begin with a small app").choices(["node", "static"]))
    .option("--codeowners <owner>", "owner of what runs with credentials; may be repeated", append)
    .option("--install", "install the packages of infra/ now")
    .option("--dry-run", "show what would be written and stop")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<InitOptions>(), tools));
}

function append(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
