import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { EXIT, PaasError } from "../errors.js";

/** How long Terraform may take to end in order after an interrupt: creating some Azure resources takes this long. */
const PATIENCE_MINUTES = 30;

/** Everything that a Terraform command needs to know about the run that it belongs to. */
export type TerraformRun = {
  /** Path of the binary. */
  binary: string;
  /** Environment that messages name. */
  envId: string;
  /** Folder of the run (0700): configuration, plan, log. */
  work: string;
  /** Variables from the cloud, complete but for PATH and HOME. */
  variables: Record<string, string>;
  /** Aborted: Terraform is asked to stop, once, and waited for. */
  signal: AbortSignal;
  /** Told about each resource while a plan is applied. */
  onEvent?: (event: ResourceEvent) => void;
  /** Seconds to wait for a lock that someone else holds; 60 unless told. */
  lockTimeout?: number;
  /** Milliseconds after which an interrupted Terraform is killed. */
  patience?: number;
};

export type ResourceEvent = {
  type: "resource";
  address: string;
  action: string;
  phase: "start" | "done" | "failed";
  /** Milliseconds since its start. */
  elapsed: number;
};

export type Outcome = { code: number; stdout: string; stderr: string };

/**
 * Runs Terraform to its end; a failing exit code is an outcome, not an error. The one place where Terraform is started.
 *
 * It runs in its own process group, so the terminal's Ctrl-C does not reach it: two interrupts make it exit without
 * writing its state, therefore it gets exactly one, when `run.signal` is aborted.
 *
 * @param onLine hears every line, of stdout and stderr, as it comes
 * @throws PaasError `interrupted` when it would only start now, `terraform-killed` when it did not stop in time
 */
export async function runTerraform(
  run: TerraformRun,
  args: string[],
  onLine: (line: string) => void = () => {},
): Promise<Outcome> {
  if (run.signal.aborted) throw new PaasError("interrupted", "stopped before Terraform", { exit: EXIT.interrupted });
  const child = spawn(run.binary, args, {
    cwd: run.work,
    env: variablesFor(run.variables, process.env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stdout = listen(child.stdout, onLine);
  const stderr = listen(child.stderr, onLine);
  let killed = false;
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    child.kill("SIGINT");
    timer = setTimeout(
      () => {
        killed = killGroup(child.pid);
      },
      run.patience ?? PATIENCE_MINUTES * 60_000,
    );
  };
  run.signal.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => reject(notStarted(run, error)));
      child.once("close", (code) => resolve(code ?? 1));
    });
    if (killed) throw killedError(run);
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", interrupt);
  }
}

/**
 * Runs Terraform for a person: on their terminal, with their keys.
 * On a terminal Terraform hears Ctrl-C itself, so it is not passed on; off one it gets exactly one SIGINT.
 * @returns its exit code
 */
export async function runOnTerminal(run: TerraformRun, args: string[], terminal: boolean): Promise<number> {
  const { TF_INPUT: _, TF_IN_AUTOMATION: __, ...variables } = variablesFor(run.variables, process.env);
  const child = spawn(run.binary, args, { cwd: run.work, env: variables, stdio: "inherit", detached: !terminal });
  const interrupt = () => child.kill("SIGINT");
  if (!terminal) run.signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => reject(notStarted(run, error)));
      child.once("close", (code) => resolve(code ?? 1));
    });
  } finally {
    run.signal.removeEventListener("abort", interrupt);
  }
}

const INHERITED = ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"];

/**
 * The environment of a Terraform process: what the cloud says and nothing of the user's own Terraform settings
 * (TF_CLI_ARGS, TF_WORKSPACE, TF_DATA_DIR would all change what a run does), but for a CLI configuration that exists.
 */
export function variablesFor(cloud: Record<string, string>, inherited: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = inherited[name];
    if (value !== undefined) variables[name] = value;
  }
  const settings = inherited.TF_CLI_CONFIG_FILE;
  if (settings && existsSync(settings)) variables.TF_CLI_CONFIG_FILE = settings;
  return { ...variables, ...cloud, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
}

/** Splits a stream into lines for `onLine` and keeps the whole text. */
function listen(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => string {
  const chunks: string[] = [];
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    chunks.push(chunk);
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
  return () => chunks.join("");
}

function killGroup(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

function notStarted({ binary }: TerraformRun, cause: Error): PaasError {
  return new PaasError("terraform-missing", `${binary} cannot be started: ${cause.message}`, {
    next: "check that Terraform is installed, or name it in PAAS_TERRAFORM",
    cause,
  });
}

function killedError(run: TerraformRun): PaasError {
  const waited = Math.round((run.patience ?? PATIENCE_MINUTES * 60_000) / 1000);
  return new PaasError(
    "terraform-killed",
    `Terraform did not stop within ${waited} s of the interrupt and was killed`,
    {
      details: ["its state may be locked, and may miss what was being changed"],
      next: `\`paas unlock ${run.envId}\`, then run again`,
      exit: EXIT.interrupted,
    },
  );
}
