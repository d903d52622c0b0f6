import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ResourceDrift } from "../environment/drift.js";
import { parseDrift } from "./drift.js";
import { type Existing, isLockError, terraformError } from "./failure.js";
import { type Diagnostic, parseErrors, parseMessage } from "./messages.js";
import { hasChanges, type Plan, parsePlan } from "./plan.js";
import { type Outcome, runTerraform, type TerraformRun } from "./run.js";

const PLAN_FILE = "plan.tfplan";
const OVERRIDE_FILE = "backend_override.tf.json";
const STATE_COPY = "state-copy.tfstate";
const IMPORT_FILE = "adopted.tf.json";

/**
 * Settings of the stack's backend, as `-backend-config` takes them: for azurerm `storage_account_name`,
 * `container_name`, `key` and `use_azuread_auth`. Credentials come from the variables.
 */
export type Backend = Record<string, string | boolean>;

const LOCK_TIMEOUT_SECONDS = 60;

/**
 * Prepares the work folder: providers, and the backend that holds the state.
 * Of several first inits on one new state all but one fail, because each locks it to write the empty state; they try
 * again for as long as one waits for a lock.
 */
export async function init(run: TerraformRun, backend: Backend): Promise<void> {
  fs.rmSync(path.join(run.work, OVERRIDE_FILE), { force: true });
  const settings = Object.entries(backend).map(([name, value]) => `-backend-config=${name}=${value}`);
  const deadline = Date.now() + lockSeconds(run) * 1000;
  for (;;) {
    const outcome = await initWith(run, settings);
    if (outcome.code === 0) return;
    if (Date.now() >= deadline || !isLockError(outcome.stderr)) throw textError(run, "init", outcome);
    await pause(INIT_PAUSE, undefined, { signal: run.signal }).catch(() => undefined);
  }
}

/** Prepares the work folder with the state in a file of it, whatever backend the configuration names. */
export async function initWithFile(run: TerraformRun, stateFile: string): Promise<void> {
  const backend = { terraform: { backend: { local: { path: stateFile } } } };
  fs.writeFileSync(path.join(run.work, OVERRIDE_FILE), JSON.stringify(backend));
  const outcome = await initWith(run, []);
  if (outcome.code !== 0) throw textError(run, "init", outcome);
}

/** Milliseconds between two tries. */
const INIT_PAUSE = 500;

/**
 * Plans against the real state, under its lock, and keeps the plan for `apply`; one without changes is not kept.
 * @param existing resources to be taken into the state; one that is in it already does no harm
 */
export async function plan(run: TerraformRun, existing: Existing[] = []): Promise<Plan> {
  writeImports(run, existing);
  await stream(run, "plan", [`-lock-timeout=${lockSeconds(run)}s`, `-out=${PLAN_FILE}`]);
  const value = parsePlan(await showPlan(run));
  // A saved plan holds the state's secrets.
  if (!hasChanges(value)) fs.rmSync(path.join(run.work, PLAN_FILE), { force: true });
  return value;
}

/**
 * Plans without writing anything outside the work folder: against a copy of the state, without init of the real
 * backend (which writes to it) and without its lock.
 * @param state the state's content; null when there is none yet
 */
export async function planReadOnly(run: TerraformRun, state: Buffer | null): Promise<Plan> {
  return parsePlan(await readOnly(run, state, []));
}

/**
 * What changed in the cloud outside of Terraform, read in the same way. No resource of the configuration is asked for:
 * one of `writeStateOnly` suffices.
 */
export async function driftReadOnly(run: TerraformRun, state: Buffer): Promise<ResourceDrift[]> {
  return parseDrift(await readOnly(run, state, ["-refresh-only"]));
}

/** The plan's document, which may hold secrets. */
async function readOnly(run: TerraformRun, state: Buffer | null, options: string[]): Promise<string> {
  const temporary = [OVERRIDE_FILE, STATE_COPY, PLAN_FILE].map((name) => path.join(run.work, name));
  const backend = { terraform: { backend: { local: { path: STATE_COPY } } } };
  try {
    writeImports(run, []);
    fs.writeFileSync(path.join(run.work, OVERRIDE_FILE), JSON.stringify(backend));
    fs.rmSync(path.join(run.work, STATE_COPY), { force: true });
    if (state?.length) fs.writeFileSync(path.join(run.work, STATE_COPY), state, { mode: 0o600 });
    const outcome = await initWith(run, []);
    if (outcome.code !== 0) throw textError(run, "init", outcome);
    await stream(run, "plan", [...options, "-lock=false", `-out=${PLAN_FILE}`]);
    return await showPlan(run);
  } finally {
    for (const file of temporary) fs.rmSync(file, { force: true });
  }
}

/** Applies the plan that `plan` kept, and nothing else. */
export async function apply(run: TerraformRun): Promise<void> {
  try {
    await stream(run, "apply", [`-lock-timeout=${lockSeconds(run)}s`, PLAN_FILE]);
  } finally {
    fs.rmSync(path.join(run.work, PLAN_FILE), { force: true });
  }
}

/** Values of the stack's outputs. */
export async function outputs(run: TerraformRun): Promise<Record<string, unknown>> {
  const text = await read(run, ["output", "-json"]);
  const values = JSON.parse(text) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
}

/** Deletes everything that is in the state; `init` must have run in a folder with `writeStateOnly`'s configuration. */
export async function destroy(run: TerraformRun): Promise<void> {
  await stream(run, "apply", ["-destroy", "-auto-approve", `-lock-timeout=${lockSeconds(run)}s`], "destroy");
}

/** Takes away a lock whose holder is gone. */
export async function forceUnlock(run: TerraformRun, lockId: string): Promise<void> {
  const outcome = await logged(run, ["force-unlock", "-force", lockId]);
  if (outcome.code !== 0) throw textError(run, "force-unlock", outcome);
}

function lockSeconds({ lockTimeout = LOCK_TIMEOUT_SECONDS }: TerraformRun): number {
  return lockTimeout;
}

/** Import blocks, in place of those of a run before. */
function writeImports({ work }: TerraformRun, existing: Existing[]): void {
  const file = path.join(work, IMPORT_FILE);
  fs.rmSync(file, { force: true });
  const blocks = existing.map(({ address, id }) => ({ to: address, id }));
  if (blocks.length > 0) fs.writeFileSync(file, JSON.stringify({ import: blocks }));
}

function showPlan(run: TerraformRun): Promise<string> {
  return read(run, ["show", "-json", PLAN_FILE]);
}

function initWith(run: TerraformRun, settings: string[]): Promise<Outcome> {
  return logged(run, ["init", "-input=false", "-no-color", "-reconfigure", ...settings]);
}

/** Runs a command with `-json` output: events to the run, text to the log. */
async function stream(run: TerraformRun, command: string, args: string[], title = command): Promise<void> {
  const log = openLog(run, [command, ...args]);
  const diagnostics: Diagnostic[] = [];
  const outcome = await runTerraform(run, [command, "-json", "-input=false", ...args], (line) => {
    const { text, event, diagnostic } = parseMessage(line);
    log(diagnostic?.detail ? `${text}\n${diagnostic.detail}` : text);
    if (event) run.onEvent?.(event);
    if (diagnostic) diagnostics.push(diagnostic);
  });
  if (outcome.code !== 0) throw terraformError(run, title, diagnostics, outcome.stderr);
}

function logged(run: TerraformRun, args: string[]): Promise<Outcome> {
  return runTerraform(run, args, openLog(run, args));
}

/** Runs a command whose output may hold secrets, so that it goes to no log. */
async function read(run: TerraformRun, args: string[]): Promise<string> {
  const outcome = await runTerraform(run, args);
  if (outcome.code !== 0) throw textError(run, args[0] ?? "", outcome);
  return outcome.stdout;
}

function textError(run: TerraformRun, command: string, { stdout, stderr }: Outcome) {
  const text = `${stdout}\n${stderr}`;
  return terraformError(run, command, parseErrors(text), text);
}

/** Appends to `terraform.log` in the work folder, under a heading with the command. */
function openLog(run: TerraformRun, args: string[]): (line: string) => void {
  const file = path.join(run.work, "terraform.log");
  const write = (line: string) => fs.appendFileSync(file, `${line}\n`, { mode: 0o600 });
  write(`$ terraform ${args.join(" ")}`);
  return write;
}
