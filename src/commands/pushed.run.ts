import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import { fixedEnvironments } from "../manifest/environments.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { shellWord } from "../ui/wording.js";
import { concernsEnvironments, type WorkflowFile } from "../workflow/concerns.js";
import { githubEnvironments } from "../workflow/github-environments.js";
import type { EventRequest } from "../workflow/rehearse/event.js";
import { rehearse } from "../workflow/rehearse/rehearse.js";
import type { Transcript } from "../workflow/rehearse/transcript.js";
import { destroy } from "./destroy.run.js";
import { PushView, reasonsOf } from "./pushed.report.js";
import { identityOf, machinePackages, stepVariables } from "./rehearsal.js";
import { isNobodys, subjectOfBranch } from "./subject.js";
import { up } from "./up.run.js";

export type PushedOptions = GlobalOptions & {
  kind: "up" | "destroy";
  branch: string;
  from: string;
  commit: string;
  before: string;
};

/**
 * What a push to the local remote means: the workflows that GitHub would start for it, rehearsed. A project that has
 * none is deployed without.
 */
export async function pushed(options: PushedOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const nobodys = await isNobodysBranch(options.branch, tools);
  try {
    await rehearsed(options, nobodys, tools);
  } catch (error) {
    if (!isWithoutWorkflow(error)) throw error;
    if (!nobodys) tools.ui.note(withoutWorkflow(options));
    await directly(options, tools);
  }
}

async function rehearsed(options: PushedOptions, nobodys: boolean, tools: Tools): Promise<void> {
  const view = new PushView();
  const stop = new Stop();
  const git = await tools.git();
  const transcript = await rehearse({
    ...(await projectOf(options, nobodys, tools)),
    repository: git.root,
    pushedTo: options.from,
    event: eventOf(options),
    run: true,
    variables: stepVariables(git.root, tools.variables),
    standIns: {},
    identity: identityOf(await git.remotes(), git.root),
    cache: path.join(git.root, ".paas", "rehearsal", "cache"),
    packages: (infra) => stop.atError(() => machinePackages(infra, tools)),
    patient: true,
    onEvent: (progress) => {
      for (const line of view.linesOf(progress)) tools.ui.note(line);
    },
    signal: tools.signal,
  }).catch((error) => {
    throw withoutStandIn(error, options);
  });

  if (stop.error !== null) throw stop.error;
  if (transcript.result === "failure" || transcript.result === "cancelled") return failed(transcript, view, tools);
  if (transcript.result === "skipped") sayNothingRan(transcript, options, nobodys, tools);
}

/** What the project says about its workflows; one without a manifest has none. */
async function projectOf({ branch }: PushedOptions, nobodys: boolean, tools: Tools) {
  const told = (await (await tools.git()).defaultBranch()).replace(/^origin\//, "");
  const defaultBranch = told === "HEAD" ? branch : told;
  const manifest = nobodys ? await tools.manifest().catch(() => null) : await tools.manifest();
  if (manifest === null) throw new PaasError("no-workflows", "this repository is no project");
  const fixed = fixedEnvironments(manifest);
  const rules = githubEnvironments(manifest, defaultBranch).map(({ name, refs }) => [name, refs] as const);
  return {
    defaultBranch,
    environments: Object.fromEntries(rules),
    takesPart: (file: WorkflowFile) => concernsEnvironments(file, fixed),
  };
}

/** Keeps the error of what was done for a step: as the step's own it would be one line among others. */
class Stop {
  error: unknown = null;

  async atError<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.error = error;
      throw error;
    }
  }
}

function eventOf({ kind, branch, commit, before }: PushedOptions): EventRequest {
  if (kind === "destroy") return { kind: "delete", branch };
  return { kind: "push", branch, commit, ...(/^0+$/.test(before) ? {} : { before }) };
}

/** What paas prints in a step ends with its own error; whatever else failed is told here. */
function failed(transcript: Transcript, view: PushView, { signal }: Tools): void {
  process.exitCode = signal.aborted ? EXIT.interrupted : EXIT.failed;
  if (view.toldError) return;
  const [first = "a job failed", ...others] = [
    ...reasonsOf(transcript, "failure"),
    ...reasonsOf(transcript, "cancelled"),
  ];
  throw new PaasError("job-failed", first, {
    details: [...others, ...view.kept()],
    next: "mend the workflow file, commit, and push again",
    exit: signal.aborted ? EXIT.interrupted : EXIT.failed,
  });
}

function sayNothingRan(transcript: Transcript, { kind, branch }: PushedOptions, nobodys: boolean, { ui }: Tools): void {
  const nothing = kind === "up" ? "stored, nothing deployed" : "nothing to destroy";
  if (nobodys) {
    ui.note(`${branch} is no environment's branch (env-*): ${nothing}`);
    return;
  }
  ui.warn(`no job runs for ${branch}: ${kind === "up" ? "stored, nothing deployed" : "nothing is destroyed"}`);
  for (const reason of reasonsOf(transcript, "skipped")) ui.note(`  ${reason}`);
}

async function directly({ kind, branch, ...options }: PushedOptions, tools: Tools): Promise<void> {
  const push = { ...options, environment: branch, push: true, lockTimeout: PATIENCE };
  return kind === "up" ? up(push, tools) : destroy({ ...push, yes: true }, tools);
}

/** Pushes queue: also behind a run that somebody started by hand, and behind the lock of one that was killed. */
const PATIENCE = "10m";

async function isNobodysBranch(branch: string, tools: Tools): Promise<boolean> {
  return subjectOfBranch(branch, tools).then(
    () => false,
    (error) => isNobodys(branch, error),
  );
}

/** No file, or no commit of the default branch that could have one. */
function isWithoutWorkflow(error: unknown): boolean {
  return error instanceof PaasError && ["no-workflows", "no-such-commit"].includes(error.code);
}

function withoutWorkflow({ kind, commit }: PushedOptions): string {
  const [where, done] =
    kind === "up" ? [`commit ${commit.slice(0, 8)}`, "deployed"] : ["the default branch", "destroyed"];
  return `no workflow of ${where} runs paas, so it is ${done} without one; \`paas init\` writes them`;
}

function withoutStandIn(error: unknown, { branch }: PushedOptions): unknown {
  if (!(error instanceof PaasError) || error.code !== "no-stand-in") return error;
  const { code, message, details, cause } = error;
  return new PaasError(code, message, {
    details,
    next: `put that step into a workflow file of its own, or \`paas up ${shellWord(branch)}\``,
    cause,
  });
}
