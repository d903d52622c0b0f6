import type { Concurrency } from "./concurrency.js";
import type { Condition } from "./conditions.js";
import type { JsonObject } from "./json.js";
import type { Subject } from "./oidc.js";
import type { Permissions } from "./permissions.js";

export type Result = "success" | "failure" | "cancelled" | "skipped";
/** `planned`: nothing was run, it would have been. */
export type Status = Result | "planned";

/** What a rehearsal showed. JSON-able. */
export type Transcript = {
  event: { name: string; action: string | null; ref: string; sha: string; actor: string; payload: JsonObject };
  /** False for a look without running anything. */
  ran: boolean;
  result: Status;
  workflows: WorkflowTranscript[];
  /** What the steps asked of GitHub's API, or told it; a stand-in answered. */
  calls: ApiCall[];
  /** What only GitHub can show. */
  limits: string[];
};

export type ApiCall = { method: string; path: string; status: number; body: JsonObject };

export type WorkflowTranscript = {
  path: string;
  name: string;
  runName: string | null;
  starts: boolean;
  why: string;
  /** GitHub refuses the file for these. */
  problems: string[];
  concurrency: Concurrency | null;
  /** In the order in which they ran. */
  jobs: JobTranscript[];
  /** Null when it did not start. */
  result: Status | null;
};

export type JobTranscript = {
  id: string;
  name: string;
  needs: string[];
  matrix: JsonObject | null;
  condition: Condition;
  concurrency: Concurrency | null;
  permissions: Permissions;
  environment: { name: string; url: string | null; allowed: boolean; why: string } | null;
  /** Null for a job that cannot ask for a token. */
  oidcSubject: Subject | null;
  steps: StepTranscript[];
  outputs: Record<string, string>;
  summary: string;
  annotations: Annotation[];
  warnings: string[];
  result: Status;
  /** Why it was skipped, cancelled or refused. */
  why: string | null;
};

export type StepTranscript = {
  id: string | null;
  name: string;
  kind: "run" | "action";
  /** The action of the step, with what it was given. */
  uses: string | null;
  with: Record<string, string>;
  condition: Condition;
  status: Status;
  /** Failed, and the job goes on all the same. */
  tolerated: boolean;
  outputs: Record<string, string>;
  log: string[];
  /** Milliseconds. */
  duration: number;
};

/** `::error file=paas.yaml,line=3::…` of a step. */
export type Annotation = {
  level: "error" | "warning" | "notice";
  message: string;
  file: string | null;
  line: number | null;
  title: string | null;
};

/** What is told while a rehearsal goes on. */
export type Progress =
  | { kind: "workflow"; workflow: string; starts: boolean; why: string }
  | { kind: "job"; workflow: string; job: string; status: Status | "started"; why: string | null }
  | { kind: "step"; workflow: string; job: string; step: string; status: Status; duration: number }
  | ({ kind: "line"; workflow: string; job: string; by: StepTranscript["kind"] } & Line);

/** A line as the page of a run shows it. */
export type Line = {
  step: string;
  text: string;
  /** `group`: the title of lines that are folded away, `grouped`: one of those; `runner`: how the step failed. */
  source: "output" | "group" | "grouped" | "runner" | Annotation["level"];
};

/** Why a workflow file does not start that was not looked at. */
export const LEFT_OUT = "left out: it has nothing to do with environments";

/** A line as the log of its step keeps it. */
export function loggedText({ text, source }: Pick<Line, "text" | "source">): string {
  if (source === "output" || source === "grouped") return text;
  return source === "group" ? `▾ ${text}` : `${source === "runner" ? "error" : source}: ${text}`;
}

export const LIMITS = [
  "this simulates GitHub Actions: GitHub alone decides what runs there",
  "jobs run one after the other on this machine, not on GitHub's images; nobody waits in a concurrency group",
  "marketplace actions are stood in for; containers, services and reusable workflows do not run",
  "approvals, wait timers and rulesets are not known here; no OIDC token is issued",
];

/** The worst of several; what was skipped counts for nothing beside the rest. */
export function worst(statuses: Status[]): Status {
  const order: Status[] = ["failure", "cancelled", "planned", "success"];
  return order.find((status) => statuses.includes(status)) ?? "skipped";
}
