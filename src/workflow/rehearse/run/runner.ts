import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { githubVariables, type Server, TOKEN } from "../contexts.js";
import type { EnvironmentRules } from "../environments.js";
import type { GithubEvent } from "../event.js";
import type { Scope } from "../expressions.js";
import { matchesList } from "../filters.js";
import type { JsonObject } from "../json.js";
import { createMasks, type Masks } from "../masks.js";
import type { Identity } from "../oidc.js";
import { mayIdentify } from "../permissions.js";
import type { JobTranscript, Progress } from "../transcript.js";
import type { Origin } from "./origin.js";
import type { MachinePackages } from "./packages.js";

/** What all jobs of a rehearsal share. */
export type Stage = {
  origin: Origin;
  event: GithubEvent;
  identity: Identity;
  server: Server;
  environments: EnvironmentRules;
  /** Folder of the rehearsal; everything in it goes at the end. */
  scratch: string;
  /** Folder of `actions/cache`. */
  cache: string;
  /** Variables of every step, above those of the workflow. */
  variables: Record<string, string>;
  /** The repository's configuration variables and secrets. */
  vars: Record<string, string>;
  secrets: Record<string, string>;
  /** Action → folder of the composite action that stands in for it. */
  standIns: Record<string, string>;
  /** Installed packages of a CDKTF app, from this machine. */
  packages: ((infra: string) => Promise<MachinePackages | null>) | null;
  signal: AbortSignal;
  /** What is interrupted has all the time that it needs. */
  patient: boolean;
  tell: (progress: Progress) => void;
};

/** The machine of one job: its folders, and what its steps have left for the next ones. */
export type Runner = {
  stage: Stage;
  transcript: JobTranscript;
  github: JsonObject;
  places: { workspace: string; temp: string; home: string; tools: string };
  /** The scope of the job's own keys; steps see more. */
  jobScope: Scope;
  /** Variables of the workflow, of the job, and those written to GITHUB_ENV. */
  env: Record<string, string>;
  /** Folders written to GITHUB_PATH, the last one first. */
  paths: string[];
  masks: Masks;
  failed: boolean;
  /** Why the job is cancelled, or null. */
  cancelled: string | null;
  /** When the job's time is over, as `performance.now()` counts. */
  deadline: number;
  /** Groups of processes that steps have left behind. */
  groups: number[];
  /** Work of actions for the end of the job, the last one first. */
  posts: { name: string; run: (say: (line: string) => void) => Promise<void> }[];
};

/** A list of steps that share inputs and outputs: a job's own, or those of a composite action. */
export type Frame = {
  /** The `steps` context. */
  steps: JsonObject;
  inputs: JsonObject | null;
  env: Record<string, string>;
  actionPath: string | null;
  failed: boolean;
};

/** GitHub's own limit for a job without one. */
const MOST_MINUTES = 360;

export function makeRunner(stage: Stage, transcript: JobTranscript, scope: Scope, minutes: number | null): Runner {
  const folder = fs.mkdtempSync(path.join(stage.scratch, "job-"));
  const repository = stage.identity.repository.split("/")[1] ?? "work";
  const places = {
    workspace: path.join(folder, repository),
    temp: path.join(folder, "temp"),
    home: path.join(folder, "home"),
    tools: path.join(folder, "tools"),
  };
  for (const place of Object.values(places)) fs.mkdirSync(place, { mode: 0o700 });
  const github: JsonObject = {
    ...(scope.contexts.github as JsonObject),
    job: transcript.id,
    workspace: places.workspace,
    event_path: path.join(folder, "event.json"),
  };
  fs.writeFileSync(String(github.event_path), JSON.stringify(github.event));
  const runner = { os: "Linux", arch: "X64", name: "rehearsal", temp: places.temp, tool_cache: places.tools };
  return {
    stage,
    transcript,
    github,
    places,
    jobScope: {
      ...scope,
      contexts: { ...scope.contexts, github, runner: { ...runner, environment: "github-hosted", debug: "" } },
      hashFiles: (patterns) => hashFiles(places.workspace, patterns),
    },
    env: {},
    paths: [],
    masks: createMasks([TOKEN, ...Object.values(stage.secrets), ...secretsIn(stage.variables)]),
    failed: false,
    cancelled: null,
    deadline: performance.now() + (minutes ?? MOST_MINUTES) * 60_000,
    groups: [],
    posts: [],
  };
}

/** Values of secrets that the caller hands to environments. */
function secretsIn(variables: Record<string, string>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => (name.startsWith("PAAS_SECRET_") ? [value] : []));
}

/** What a step's expressions see. */
export function stepScope(runner: Runner, frame: Frame, env: Record<string, string>): Scope {
  const { jobScope, failed, cancelled } = runner;
  const broken = frame.inputs === null ? failed : frame.failed;
  const github = { ...runner.github, ...(frame.actionPath === null ? {} : { action_path: frame.actionPath }) };
  const status = cancelled !== null ? "cancelled" : broken ? "failure" : "success";
  return {
    ...jobScope,
    contexts: {
      ...jobScope.contexts,
      github,
      env,
      steps: frame.steps,
      job: { status },
      ...(frame.inputs === null ? {} : { inputs: frame.inputs }),
    },
    status: { success: !broken && cancelled === null, failure: broken, cancelled: cancelled !== null, jobs: {} },
  };
}

/**
 * The whole environment of a program: nothing of the caller's but what the stage was given. What the runner sets, a
 * workflow cannot change; what the stage sets, neither can.
 */
export function programVariables(
  runner: Runner,
  env: Record<string, string>,
  more: Record<string, string>,
): Record<string, string> {
  const { stage, places, transcript } = runner;
  const { PATH = "/usr/local/bin:/usr/bin:/bin", ...forced } = stage.variables;
  const token = mayIdentify(transcript.permissions)
    ? { ACTIONS_ID_TOKEN_REQUEST_URL: `${stage.server.apiUrl}/oidc-token?`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: TOKEN }
    : {};
  return {
    CI: "true",
    HOME: places.home,
    LANG: "C.UTF-8",
    ...env,
    GITHUB_ACTIONS: "true",
    ...githubVariables(runner.github),
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_NAME: "rehearsal",
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_TEMP: places.temp,
    RUNNER_TOOL_CACHE: places.tools,
    ...token,
    ...more,
    ...forced,
    PATH: [...runner.paths, PATH].join(path.delimiter),
  };
}

function hashFiles(workspace: string, patterns: string[]): string {
  const wanted = patterns.flatMap((text) => text.split("\n").map((line) => line.trim())).filter(Boolean);
  const files = fs
    .readdirSync(workspace, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(workspace, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .filter((file) => matchesList(wanted, file))
    .sort();
  if (files.length === 0) return "";
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(
      createHash("sha256")
        .update(fs.readFileSync(path.join(workspace, file)))
        .digest(),
    );
  }
  return hash.digest("hex");
}
