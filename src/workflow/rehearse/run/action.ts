import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { EXIT, PaasError } from "../../../errors.js";
import type { Scope } from "../expressions.js";
import { type Json, type JsonObject, objectOf } from "../json.js";
import { resolveText, withContexts } from "../templates.js";
import { type Line, loggedText } from "../transcript.js";
import { stepsOf, type Workflow } from "../workflow-file.js";
import { type Frame, type Runner, stepScope } from "./runner.js";
import { STAND_INS } from "./stand-ins.js";
import { runStep } from "./step.js";

/** A step that uses an action. */
export type ActionCall = {
  /** `actions/checkout@<sha>` or `./.github/actions/build` */
  uses: string;
  inputs: Record<string, string>;
  env: Record<string, string>;
  /** Of the step. */
  name: string;
  scope: Scope;
  onLine: (line: string) => void;
};

/** `actions/checkout@…` → `actions/checkout`; GitHub does not tell names apart by case. */
function nameOf(uses: string): string {
  return (uses.split("@")[0] ?? uses).toLowerCase();
}

/**
 * Looks for something to run in place of every marketplace action, before anything runs.
 * @param given actions of which the user has supplied a stand-in
 * @throws PaasError `no-stand-in`
 */
export function requireStandIns(workflows: Workflow[], given: string[]): void {
  const used = workflows.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? [])));
  const known = (uses: string) => uses.startsWith("./") || given.includes(nameOf(uses)) || nameOf(uses) in STAND_INS;
  const unknown = [...new Set(used.filter((uses) => !known(uses)).map(nameOf))];
  if (unknown.length > 0) throw noStandIn(unknown);
}

/**
 * Runs what stands in for an action: a composite action of the repository or of the user, or one of ours.
 * @returns the step's outputs
 */
export async function runAction(call: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const name = nameOf(call.uses);
  const own = runner.stage.standIns[name];
  if (call.uses.startsWith("./")) return runComposite(path.join(runner.places.workspace, call.uses), call, runner);
  if (own !== undefined) return runComposite(own, call, runner);
  const standIn = STAND_INS[name];
  if (!standIn) throw noStandIn([name]);
  return standIn(call, runner);
}

async function runComposite(folder: string, call: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const action = readAction(folder, call.uses);
  const inputs = inputsOf(objectOf(action.inputs), call, runner);
  const frame: Frame = { steps: {}, inputs, env: call.env, actionPath: folder, failed: false };
  // The steps of a composite action each name their shell.
  const defaults = { shell: null, workingDirectory: null };
  const onLine = (line: Line) => call.onLine(loggedText(line));
  for (const step of stepsOf(objectOf(action.runs).steps)) await runStep(step, runner, frame, defaults, onLine);
  if (frame.failed) throw new Error(`a step of ${call.uses} failed`);
  const scope = stepScope(runner, frame, call.env);
  const declared = Object.entries(objectOf(action.outputs));
  return Object.fromEntries(declared.map(([name, output]) => [name, resolveText(objectOf(output).value, scope)]));
}

function readAction(folder: string, uses: string): JsonObject {
  const file = ["action.yml", "action.yaml"].map((name) => path.join(folder, name)).find((name) => fs.existsSync(name));
  if (file === undefined) {
    throw new Error(`there is no action.yml for ${uses}: is the repository checked out before this step?`);
  }
  const action = objectOf(parse(fs.readFileSync(file, "utf8")) as Json);
  if (objectOf(action.runs).using === "composite") return action;
  throw new Error(`${uses} is no composite action: only those are rehearsed`);
}

function inputsOf(declared: JsonObject, call: ActionCall, runner: Runner): Record<string, string> {
  const unexpected = Object.keys(call.inputs).filter((name) => !(name in declared));
  if (unexpected.length > 0) {
    runner.transcript.warnings.push(`${call.uses} has no input ${unexpected.join(", ")}`);
  }
  const scope = withContexts(call.scope, { inputs: {} });
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [
      name,
      call.inputs[name] ?? resolveText(objectOf(input).default, scope),
    ]),
  );
}

function noStandIn(names: string[]): PaasError {
  const [first = ""] = names;
  return new PaasError("no-stand-in", `nothing stands in for ${names.join(", ")}`, {
    details: ["marketplace actions are not run in a rehearsal", `known: ${Object.keys(STAND_INS).join(", ")}`],
    next: `write a composite action with the same inputs and outputs and pass \`--stand-in ${first}=./folder\``,
    exit: EXIT.usage,
  });
}
