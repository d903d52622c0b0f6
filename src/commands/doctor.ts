import type { Command } from "commander";
import type { Tools } from "../tools.js";
import type { DoctorOptions } from "./doctor.run.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./doctor.run.js")).doctor);

const EXAMPLES = `
Reads only; nothing is changed or started. What does not matter here is skipped, with the reason. Settings of the GitHub
repository are read with GH_TOKEN, GITHUB_TOKEN or the token of \`gh\`. Exit code 1 when something fails.

Examples:
  $ paas doctor
  $ paas doctor --cloud azure
  $ paas doctor --json | jq -r '.checks[] | select(.status == "failure") | .fix'`;

export function registerDoctor(program: Command, tools: Tools, action: typeof run = run): void {
  program
    .command("doctor")
    .description("check tools, sign-in, rights and GitHub, and say what to mend")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_: object, command: Command) => action(command.optsWithGlobals<DoctorOptions>(), tools));
}
