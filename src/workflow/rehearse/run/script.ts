import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { parseFileCommands } from "../file-commands.js";
import { programVariables, type Runner } from "./runner.js";
import { runShell, shellWords } from "./shell.js";

export type Script = {
  text: string;
  shell: string | null;
  /** Relative to the workspace. */
  workingDirectory: string | null;
  env: Record<string, string>;
  /** Folder of the composite action that the script is a part of. */
  actionPath: string | null;
  onLine: (line: string) => void;
  /** Minutes, or null. */
  timeout: number | null;
};

/** Larger summaries GitHub does not take. */
const MOST_SUMMARY = 1024 * 1024;
/** How long steps that run in spite of a cancellation have, in milliseconds. */
const AFTER_CANCEL = 300_000;

/**
 * Runs a `run:` script as GitHub does and takes in what it wrote into the files that GITHUB_OUTPUT and the others name.
 * @returns the step's outputs
 * @throws Error when it fails, with the runner's own text
 */
export async function runScript(script: Script, runner: Runner): Promise<Record<string, string>> {
  const cwd = path.resolve(runner.places.workspace, script.workingDirectory ?? "");
  if (!fs.existsSync(cwd)) throw new Error(`the working directory ${script.workingDirectory} does not exist`);
  const files = commandFiles(runner.places.temp);
  const file = path.join(runner.places.temp, `${randomUUID()}.sh`);
  fs.writeFileSync(file, script.text.endsWith("\n") ? script.text : `${script.text}\n`);
  const action = script.actionPath === null ? {} : { GITHUB_ACTION_PATH: script.actionPath };

  const cancelledBefore = runner.cancelled !== null;
  const limit = limitOf(script, runner);
  const end = await runShell({
    words: shellWords(script.shell, file),
    cwd,
    variables: programVariables(runner, script.env, { ...files, ...action }),
    onLine: script.onLine,
    signal: cancelledBefore ? new AbortController().signal : runner.stage.signal,
    limit,
    patient: runner.stage.patient,
  });
  if (end.leftBehind !== null) runner.groups.push(end.leftBehind);

  if (end.ended === "cancelled") runner.cancelled = "the rehearsal was interrupted";
  if (end.ended === "timed out" && performance.now() >= runner.deadline) {
    runner.cancelled ??= "the job has exceeded its timeout-minutes";
  }
  const outputs = takeIn(files, runner);
  if (end.ended === "cancelled") throw new Error("The operation was canceled.");
  if (end.ended === "timed out") throw new Error(`The action has timed out after ${script.timeout ?? "its"} minutes.`);
  if (end.exit !== 0) throw new FailedScript(`Process completed with exit code ${end.exit}.`, outputs);
  return outputs;
}

/** A script that failed after it had written outputs: those count all the same. */
export class FailedScript extends Error {
  readonly outputs: Record<string, string>;

  constructor(message: string, outputs: Record<string, string>) {
    super(message);
    this.outputs = outputs;
  }
}

type CommandFiles = Record<
  "GITHUB_OUTPUT" | "GITHUB_ENV" | "GITHUB_PATH" | "GITHUB_STEP_SUMMARY" | "GITHUB_STATE",
  string
>;

function commandFiles(temp: string): CommandFiles {
  const empty = (name: string) => {
    const file = path.join(temp, `${name}_${randomUUID()}`);
    fs.writeFileSync(file, "");
    return file;
  };
  return {
    GITHUB_OUTPUT: empty("output"),
    GITHUB_ENV: empty("env"),
    GITHUB_PATH: empty("path"),
    GITHUB_STEP_SUMMARY: empty("summary"),
    GITHUB_STATE: empty("state"),
  };
}

function takeIn(files: CommandFiles, runner: Runner): Record<string, string> {
  const { transcript } = runner;
  const summary = read(files.GITHUB_STEP_SUMMARY);
  if (Buffer.byteLength(summary) <= MOST_SUMMARY) transcript.summary += summary;
  else transcript.warnings.push("a step summary of more than 1024 KiB is not shown");
  runner.paths.unshift(...read(files.GITHUB_PATH).split("\n").filter(Boolean).reverse());
  for (const [name, value] of Object.entries(parseFileCommands(read(files.GITHUB_ENV)))) {
    if (name.toUpperCase() === "NODE_OPTIONS")
      throw new Error(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
    runner.env[name] = value;
  }
  return parseFileCommands(read(files.GITHUB_OUTPUT));
}

function limitOf(script: Script, runner: Runner): number {
  const own = script.timeout === null ? Number.POSITIVE_INFINITY : script.timeout * 60_000;
  return Math.min(own, runner.cancelled === null ? runner.deadline - performance.now() : AFTER_CANCEL);
}

/** A step may have removed the file. */
function read(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}
