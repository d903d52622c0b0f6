import type { Json, JsonObject } from "./json.js";
import type { Identity } from "./oidc.js";

export const PULL_REQUEST_ACTIONS = [
  ...(["opened", "synchronize", "reopened", "closed", "labeled", "unlabeled", "edited", "ready_for_review"] as const),
];
export type PullRequestAction = (typeof PULL_REQUEST_ACTIONS)[number];

/** What is to happen on the simulated GitHub. */
export type EventRequest = {
  /** Login of who does it. */
  actor?: string;
  /** Done with a workflow's own GITHUB_TOKEN. */
  byToken?: boolean;
} & (PushRequest | DeleteRequest | PullRequestRequest | ScheduleRequest | DispatchRequest);

export type PushRequest = {
  kind: "push";
  branch: string;
  /** The branch's tip unless told. */
  commit?: string;
  /** Where the branch was before; without it the push creates the branch. */
  before?: string;
  /** The push that takes the branch away. */
  deletes?: boolean;
};
export type DeleteRequest = { kind: "delete"; branch: string };
export type PullRequestRequest = {
  kind: "pull-request";
  number: number;
  action: PullRequestAction;
  /** Branch the change is on. */
  head: string;
  /** Branch it goes to; the default one unless told. */
  base?: string;
  title?: string;
  /** Label that is put on or taken off. */
  label?: string;
  /** Labels it carries besides. */
  labels?: readonly string[];
  /** Comes from somebody else's copy of the repository. */
  fork?: boolean;
  merged?: boolean;
};
export type ScheduleRequest = {
  kind: "schedule";
  /** Line of the timetable whose time has come; every workflow's first one unless told. */
  cron?: string;
};
export type DispatchRequest = {
  kind: "dispatch";
  /** Values for the inputs, in the order in which the workflow declares them. */
  words: readonly string[];
  /** Values by name. */
  inputs: Record<string, string>;
  /** File name of the workflow; the only one that takes these inputs unless told. */
  workflow?: string;
  /** Branch to run on; the default one unless told. */
  branch?: string;
};

/** What a repository says about the commits of an event. */
export type EventCommits = {
  /** Tip of the default branch. */
  defaultTip: string;
  /** The commit the event is about: pushed, dispatched, or the head of the pull request. */
  head: string;
  headMessage: string;
  /** Where the branch of a push was; absent when the push makes it. */
  before?: string;
  /** Tip of the pull request's base. */
  base: string;
  /** The commit that merges head into base; null when they conflict. */
  merge: string | null;
  /** Files that the event changes; null when that is not known, and then path filters let everything pass. */
  changedFiles: string[] | null;
};

/** An event as GitHub Actions sees it. */
export type GithubEvent = {
  name: "push" | "delete" | "pull_request" | "schedule" | "workflow_dispatch";
  /** Activity of a pull request. */
  action: string | null;
  /** Full name of the ref that the run is for, `refs/heads/env-alice`. */
  ref: string;
  refName: string;
  sha: string;
  /** Commit whose workflow files decide; null for a pull request with conflicts. */
  workflowCommit: string | null;
  headRef: string | null;
  baseRef: string | null;
  actor: string;
  /** False for forks and Dependabot: no secrets, nothing may be written, no OIDC token. */
  trusted: boolean;
  byToken: boolean;
  commitMessage: string;
  changedFiles: string[] | null;
  /** Line of the timetable; null = every one. */
  cron: string | null;
  dispatch: DispatchRequest | null;
  /** `github.event` */
  payload: JsonObject;
};

const DEPENDABOT = "dependabot[bot]";
const NO_COMMIT = "0".repeat(40);

/** What GitHub would raise. Pure: the commits are looked up before. */
export function describeEvent(
  request: EventRequest,
  commits: EventCommits,
  repository: { identity: Identity; defaultBranch: string },
): GithubEvent {
  const { identity, defaultBranch } = repository;
  const actor = request.actor ?? "alice";
  const sender: Json = { login: actor, type: actor.endsWith("[bot]") ? "Bot" : "User" };
  const common = { repository: repositoryPayload(identity, defaultBranch), sender };
  const event: GithubEvent = {
    ...onBranch(defaultBranch, commits.defaultTip),
    name: "push",
    action: null,
    headRef: null,
    baseRef: null,
    actor,
    trusted: true,
    byToken: request.byToken === true,
    commitMessage: "",
    changedFiles: null,
    cron: null,
    dispatch: null,
    payload: common,
  };
  switch (request.kind) {
    case "push":
      return pushEvent(event, request, commits);
    case "delete":
      return {
        ...event,
        name: "delete",
        payload: { ...common, ref: request.branch, ref_type: "branch", pusher_type: "user" },
      };
    case "pull-request":
      return pullRequestEvent(event, request, commits, defaultBranch);
    case "schedule":
      return {
        ...event,
        name: "schedule",
        cron: request.cron ?? null,
        payload: { ...common, schedule: request.cron ?? null },
      };
    case "dispatch":
      return dispatchEvent(event, request, commits, defaultBranch);
  }
}

function onBranch(branch: string, sha: string): Pick<GithubEvent, "ref" | "refName" | "sha" | "workflowCommit"> {
  return { ref: `refs/heads/${branch}`, refName: branch, sha, workflowCommit: sha };
}

function pushEvent(event: GithubEvent, request: PushRequest, commits: EventCommits): GithubEvent {
  const deleted = request.deletes === true;
  const message = commits.headMessage;
  return {
    ...event,
    ...onBranch(request.branch, commits.head),
    trusted: event.actor !== DEPENDABOT,
    commitMessage: message,
    changedFiles: commits.changedFiles,
    payload: {
      ...event.payload,
      ref: `refs/heads/${request.branch}`,
      before: commits.before ?? (deleted ? commits.head : NO_COMMIT),
      after: deleted ? NO_COMMIT : commits.head,
      created: !deleted && commits.before === undefined,
      deleted,
      forced: false,
      head_commit: deleted ? null : { id: commits.head, message },
    },
  };
}

function dispatchEvent(
  event: GithubEvent,
  request: DispatchRequest,
  commits: EventCommits,
  defaultBranch: string,
): GithubEvent {
  const branch = request.branch ?? defaultBranch;
  return {
    ...event,
    ...onBranch(branch, commits.head),
    name: "workflow_dispatch",
    dispatch: request,
    payload: { ...event.payload, ref: `refs/heads/${branch}` },
  };
}

/** A merged pull request runs for the branch it was merged into, every other one for its merge with the base. */
function pullRequestEvent(
  event: GithubEvent,
  request: PullRequestRequest,
  commits: EventCommits,
  defaultBranch: string,
): GithubEvent {
  const { number, action, head } = request;
  const base = request.base ?? defaultBranch;
  const merged = action === "closed" && request.merged === true;
  const ref = merged ? `refs/heads/${base}` : `refs/pull/${number}/merge`;
  return {
    ...event,
    name: "pull_request",
    action,
    ref,
    refName: merged ? base : `${number}/merge`,
    sha: commits.merge ?? commits.head,
    workflowCommit: commits.merge,
    headRef: head,
    baseRef: base,
    trusted: request.fork !== true && event.actor !== DEPENDABOT,
    commitMessage: commits.headMessage,
    changedFiles: commits.changedFiles,
    payload: {
      ...event.payload,
      action,
      number,
      ...(request.label === undefined ? {} : { label: { name: request.label } }),
      pull_request: pullRequestPayload(event, request, commits, base),
    },
  };
}

function pullRequestPayload(
  event: GithubEvent,
  request: PullRequestRequest,
  commits: EventCommits,
  base: string,
): JsonObject {
  const own = event.payload.repository ?? null;
  const copy = { ...(own as JsonObject), full_name: `mallory/${String((own as JsonObject).name)}`, fork: true };
  return {
    number: request.number,
    title: request.title ?? "A change",
    body: null,
    state: request.action === "closed" ? "closed" : "open",
    draft: false,
    merged: request.action === "closed" && request.merged === true,
    user: { login: request.fork === true ? "mallory" : event.actor },
    labels: labelsOf(request).map((name) => ({ name })),
    head: { ref: request.head, sha: commits.head, repo: request.fork === true ? copy : own },
    base: { ref: base, sha: commits.base, repo: own },
  };
}

/** The label of the event is on the pull request, unless the event is that it was taken off. */
function labelsOf({ action, label, labels = [] }: PullRequestRequest): string[] {
  const event = label === undefined || action === "unlabeled" ? [] : [label];
  return [...new Set([...labels, ...event])];
}

function repositoryPayload({ repository, repositoryId }: Identity, defaultBranch: string): JsonObject {
  const [login = "", name = ""] = repository.split("/");
  return {
    id: repositoryId,
    name,
    full_name: repository,
    owner: { login },
    default_branch: defaultBranch,
    fork: false,
    private: true,
  };
}
