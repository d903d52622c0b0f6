import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { EXIT, PaasError } from "../errors.js";
import { signalGroup } from "../signal-group.js";
import { interruptedError } from "./failure.js";

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
  /** Told when Terraform has been asked to stop, and is waited for. */
  onInterrupt?: () => void;
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
  if (run.signal.aborted) throw interruptedError(`terraform ${args[0]}`);
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
    run.onInterrupt?.();
    timer = setTimeout(
      () => {
        if (child.pid === undefined) return;
        signalGroup(child.pid, "SIGKILL");
        killed = true;
      },
      run.patience ?? PATIENCE_MINUTES * 60_000,
    );
  };
  run.signal.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await exitCode(child, run);
    if (killed) throw killedError(run);
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", interrupt);
  }
}

/**
 * Runs Terraform for a person, with their keys and their screen.
 * @param terminal stdin is a terminal, where Terraform hears Ctrl-C itself; elsewhere it gets exactly one SIGINT
 * @returns its exit code
 */
export async function runOnTerminal(run: TerraformRun, args: string[], terminal: boolean): Promise<number> {
  const child = spawn(run.binary, args, {
    cwd: run.work,
    env: { ...variablesFor(run.variables, process.env), TF_INPUT: "1", TF_IN_AUTOMATION: "" },
    stdio: "inherit",
    detached: !terminal,
  });
  const interrupt = () => child.kill("SIGINT");
  if (!terminal) run.signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await exitCode(child, run);
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

/** Waits for the end of a process; one that a signal ended has failed. */
function exitCode(child: ChildProcess, { binary }: TerraformRun): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("close", (code) => resolve(code ?? 1));
    child.once("error", (cause) => {
      const next = "check that Terraform is installed, or name it in PAAS_TERRAFORM";
      reject(new PaasError("terraform-missing", `${binary} cannot be started: ${cause.message}`, { next, cause }));
    });
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
