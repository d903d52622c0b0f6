import { PaasError } from "../errors.js";
import { BRANCH_PREFIX } from "../naming/envId.js";
import { type Event, type Happening, type PullRequest, parseEvent } from "./event.js";

/** The run of a workflow that paas is part of. */
export type ActionsContext = Happening & {
  repository: { owner: string; repo: string };
  /** Commit that the workflow runs for; on a pull request a merge commit that no branch has. */
  sha: string;
  /** Page of this very attempt, with its logs. */
  runUrl: string;
  /** GitHub's own, or that of an Enterprise Server. */
  apiUrl: string;
  token: string | null;
  /** Files that the runner reads after the step. */
  files: { outputs: string | null; summary: string | null };
};

/** True where workflow commands are understood. */
export function isActions(variables: NodeJS.ProcessEnv): boolean {
  return variables.GITHUB_ACTIONS === "true";
}

/**
 * What the runner tells about itself; null outside Actions. Nothing of it passes through a shell.
 * @param payload text of the file that GITHUB_EVENT_PATH names; null when there is none
 * @throws PaasError `actions-incomplete`, `event-unreadable`
 */
export function contextOf(variables: NodeJS.ProcessEnv, payload: string | null): ActionsContext | null {
  if (!isActions(variables)) return null;
  const server = (variables.GITHUB_SERVER_URL ?? "https://github.com").replace(/\/+$/, "");
  const repository = required(variables, "GITHUB_REPOSITORY");
  const [owner = "", repo = ""] = repository.split("/");
  const run = `${server}/${repository}/actions/runs/${required(variables, "GITHUB_RUN_ID")}`;
  return {
    ...happeningOf(required(variables, "GITHUB_EVENT_NAME"), payload),
    repository: { owner, repo },
    sha: variables.GITHUB_SHA ?? "",
    runUrl: variables.GITHUB_RUN_ATTEMPT ? `${run}/attempts/${variables.GITHUB_RUN_ATTEMPT}` : run,
    apiUrl: (variables.GITHUB_API_URL ?? "https://api.github.com").replace(/\/+$/, ""),
    token: variables.GITHUB_TOKEN || null,
    files: { outputs: variables.GITHUB_OUTPUT || null, summary: variables.GITHUB_STEP_SUMMARY || null },
  };
}

/** Environment or branch that an event is about, as the command line would name it; null when it is about none. */
export function subjectOfEvent(event: Event): { branch: string } | { argument: string } | null {
  if (event.kind === "push" || event.kind === "delete") return event.branch === null ? null : { branch: event.branch };
  if (event.kind === "pull-request") return { branch: previewOf(event.pull.number) };
  if (event.kind === "dispatch" && event.inputs.environment) return { argument: event.inputs.environment };
  return null;
}

/**
 * The branch whose environment merging a pull request would change: that of the fixed environment which follows its
 * base; else its head, where that is an environment's; else its preview.
 * @param fixed from the default branch's manifest
 */
export function branchToPlan(
  { number, baseBranch, headBranch }: PullRequest,
  fixed: readonly { branch: string }[],
): string {
  const followed = (branch: string) => fixed.some((environment) => environment.branch === branch);
  if (followed(baseBranch)) return baseBranch;
  const isEnvironment = followed(headBranch) || (headBranch.startsWith(BRANCH_PREFIX) && headBranch !== BRANCH_PREFIX);
  return isEnvironment ? headBranch : previewOf(number);
}

/** Id and stand-in for a branch of a pull request's preview. */
export function previewOf(number: number): string {
  return `pr-${number}`;
}

function happeningOf(name: string, payload: string | null): Happening {
  if (payload === null) return { event: { kind: "other" }, sender: null, defaultBranch: null };
  return parseEvent(name, payload);
}

function required(variables: NodeJS.ProcessEnv, name: string): string {
  const value = variables[name];
  if (value) return value;
  throw new PaasError("actions-incomplete", `GITHUB_ACTIONS is set and ${name} is not`, {
    next: "unset GITHUB_ACTIONS when this is no GitHub Actions run",
  });
}
