import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EXIT, PaasError } from "../../errors.js";
import type { WorkflowFile } from "../concerns.js";
import type { EnvironmentRules } from "./environments.js";
import { describeEvent, type EventRequest, type GithubEvent } from "./event.js";
import type { Identity } from "./oidc.js";
import { requireStandIns } from "./run/action.js";
import { startGithubApi } from "./run/github-api.js";
import { type Judged, judgeWorkflows, type Started } from "./run/judge.js";
import { copyRepository } from "./run/origin.js";
import type { MachinePackages } from "./run/packages.js";
import type { Stage } from "./run/runner.js";
import { runWorkflow } from "./run/workflow.js";
import { LIMITS, type Progress, type Transcript, type WorkflowTranscript, worst } from "./transcript.js";

export type RehearsalRequest = {
  /** Git folder, bare or not; it is copied and never changed. */
  repository: string;
  /** Bare repository that a push of it went to: branches are those that are there. */
  pushedTo?: string;
  /** Which workflow files are looked at; all unless told. */
  takesPart?: (file: WorkflowFile) => boolean;
  defaultBranch: string;
  event: EventRequest;
  /** False to look only: no step is run. */
  run: boolean;
  /** The steps' variables, above what a workflow sets itself; with `PATH`, the folders they find programs in. */
  variables: Record<string, string>;
  /** Action (`owner/name`) → folder of a composite action that is run in its place. */
  standIns: Record<string, string>;
  onEvent: (progress: Progress) => void;
  signal: AbortSignal;
  /** Names in OIDC subjects; placeholders unless told. */
  identity?: Identity;
  /** Who may use which GitHub environment; one that is not named here has no rules. */
  environments: EnvironmentRules;
  /** The repository's configuration variables and secrets. */
  vars?: Record<string, string>;
  secrets?: Record<string, string>;
  /** Folder in which `actions/cache` keeps its files; without one nothing outlives the rehearsal. */
  cache?: string;
  /** The packages of a CDKTF app that was checked out, if this machine has them. */
  packages?: (infra: string) => Promise<MachinePackages | null>;
  /** What is interrupted ends in its own time, as when a person presses Ctrl-C; a runner gives ten seconds. */
  patient?: boolean;
};

const NOBODY: Identity = { repository: "owner/repository", ownerId: "OWNER-ID", repositoryId: "REPOSITORY-ID" };

/**
 * Raises an event in a copy of the repository and does what GitHub Actions would: decides which of the committed
 * workflows start, and runs their jobs with a HOME of their own and none of the caller's variables.
 * @throws PaasError `no-workflows`, `no-such-commit`, `no-stand-in`, `nothing-to-dispatch`
 */
export async function rehearse(request: RehearsalRequest): Promise<Transcript> {
  const scratch = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), `paas-${process.pid}-`)));
  try {
    return await rehearseIn(scratch, request);
  } finally {
    await fs.rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function rehearseIn(scratch: string, request: RehearsalRequest): Promise<Transcript> {
  const { repository, pushedTo = null, defaultBranch, identity = NOBODY } = request;
  const origin = await copyRepository({ repository, pushedTo, defaultBranch }, scratch);
  const commits = await origin.receive(request.event, defaultBranch);
  const event = describeEvent(request.event, commits, { identity, defaultBranch });
  const found = await judgeWorkflows(origin, event, commits.defaultTip, request.takesPart ?? (() => true));
  const started = found.filter((judged): judged is Started => judged.start.starts && judged.workflow !== null);
  if (event.dispatch) requireOne(started, found);
  if (request.run) {
    requireStandIns(
      started.map(({ workflow }) => workflow),
      Object.keys(request.standIns),
    );
  }

  for (const { transcript } of found) {
    request.onEvent({ kind: "workflow", workflow: transcript.path, starts: transcript.starts, why: transcript.why });
  }
  const api = await startGithubApi(origin, event, identity.repository);
  const stage = { ...stageOf(request, scratch), origin, event, identity, server: api.server };
  try {
    for (const { workflow, start, transcript } of started) {
      await runWorkflow({ stage, workflow, start, execute: request.run, transcript });
    }
  } finally {
    await api.close();
  }
  const workflows = found.map(({ transcript }) => transcript);
  return { ...transcriptOf(event, workflows), ran: request.run, calls: api.calls };
}

function stageOf(request: RehearsalRequest, scratch: string): Omit<Stage, "origin" | "event" | "identity" | "server"> {
  const { variables, standIns, signal, onEvent } = request;
  return {
    scratch,
    cache: request.cache ?? path.join(scratch, "cache"),
    environments: request.environments,
    variables,
    vars: request.vars ?? {},
    secrets: request.secrets ?? {},
    standIns,
    packages: request.packages ?? null,
    signal,
    patient: request.patient === true,
    tell: onEvent,
  };
}

function transcriptOf(event: GithubEvent, workflows: WorkflowTranscript[]): Omit<Transcript, "ran" | "calls"> {
  const { name, action, ref, sha, actor, payload } = event;
  return {
    event: { name, action, ref, sha, actor, payload },
    result: worst(workflows.map(({ result }) => result ?? "skipped")),
    workflows,
    limits: LIMITS,
  };
}

/** A dispatch is for one workflow. */
function requireOne(started: Started[], found: Judged[]): void {
  if (started.length === 1) return;
  const names = started.map(({ transcript }) => path.basename(transcript.path));
  throw new PaasError(
    "nothing-to-dispatch",
    names.length === 0
      ? "no workflow can be dispatched like that"
      : `several workflows can be dispatched: ${names.join(", ")}`,
    {
      details: found
        .filter(({ start }) => !start.starts)
        .map(({ transcript }) => `${transcript.path}: ${transcript.why}`),
      next: names.length === 0 ? "see the inputs under `workflow_dispatch:`" : "pick one with --workflow <file>",
      exit: EXIT.usage,
    },
  );
}
