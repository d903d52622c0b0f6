import type { EnvironmentKind } from "../environment/environment.js";
import type { Tier } from "../manifest/manifest.js";

/** What a command is about to do with one environment. */
export type Run = {
  operation: "up" | "plan" | "rollback" | "destroy";
  envId: string;
  /** null when neither record nor tags tell it. */
  branch: string | null;
  commit: string | null;
  kind: EnvironmentKind;
  tier: Tier;
  /** Whether the pull request that the run belongs to is told in its comment. */
  comment: boolean;
};

export type ChangeAction = "create" | "update" | "replace" | "delete";
export type Change = { address: string; type: string; action: ChangeAction };

/** What a run came to, for people; null where it does not apply. */
export type Outcome = { url: string | null; resourceGroup: string | null; changes: Change[] | null };

/** A step that has ended, or did not when the run broke off. */
export type StepLine = {
  step: string;
  status: "done" | "failed" | "skipped" | "unfinished";
  detail: string;
  duration: number | null;
};

export type Failure = { code: string; message: string; details: string[]; next: string | null; interrupted: boolean };

/** A run from its beginning to its end, as summary and comment tell it. */
export type Report = {
  run: Run;
  result: { outcome: Outcome } | { failure: Failure };
  steps: StepLine[];
  /** Milliseconds. */
  duration: number;
  /** Page with the logs. */
  runUrl: string;
};

/** Whether a run brings a commit into an environment. */
export function deploys({ operation }: Pick<Run, "operation">): boolean {
  return operation === "up" || operation === "rollback";
}

/** GitHub environment that a run's deployments are filed under; there is never one per branch. */
export function githubEnvironment({ kind, envId }: Pick<Run, "kind" | "envId">): string {
  return { branch: "paas-branch", preview: "paas-preview", fixed: envId }[kind];
}

/** What tells the deployments of one environment from the others that share its GitHub environment. */
export function taskOf({ envId }: Pick<Run, "envId">): string {
  return `paas:${envId}`;
}
