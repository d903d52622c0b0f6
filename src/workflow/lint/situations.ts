import type { FixedEnvironment } from "../../manifest/manifest.js";
import { BRANCH_PREFIX } from "../../naming/envId.js";
import { SHARED } from "../github-environments.js";
import { describeEvent, type EventRequest, type GithubEvent } from "../rehearse/event.js";
import { isObject, type JsonObject, objectOf } from "../rehearse/json.js";

/** What the rules know about the project besides its workflow files. */
export type LintProject = {
  defaultBranch: string;
  fixed: readonly FixedEnvironment[];
  /** False for a GitHub Enterprise Server, which does not know `queue`. */
  queue: boolean;
};

/** What may be done to an environment in some situation. */
export const VERBS = ["update", "destroy", "look"] as const;
export type Verb = (typeof VERBS)[number];

/** Something that happens on GitHub, and what has to hold for a job that then runs paas. */
export type Situation = {
  /** How it reads in a sentence: `a push to env-alice`. */
  title: string;
  event: GithubEvent;
  /** Branch of the environment that it is about; null when it is about none. */
  branch: string | null;
  allowed: readonly Verb[];
  /** GitHub environments that the job may name, by what it does. */
  environments: Record<Verb, string[]>;
  /** False for code that nobody with write access has looked at. */
  trusted: boolean;
};

/** The repository in which everything happens. */
export const REPOSITORY = { repository: "acme/shop", repositoryId: "456", ownerId: "123" };
const NUMBER = 7;
const LABEL = "preview";
const COMMITS = {
  defaultTip: "1".repeat(40),
  head: "2".repeat(40),
  headMessage: "A change",
  base: "1".repeat(40),
  merge: "3".repeat(40),
  changedFiles: null,
};

/** One of everything that a workflow of environments has to take rightly. */
export function situationsOf(project: LintProject): Situation[] {
  return [
    ...["env-alice", "env-team/alice"].map((branch) => push(branch, branchNames(SHARED.branch), project)),
    ...project.fixed.map(({ envId, branch }) => push(branch, branchNames(envId), project)),
    {
      ...push("env-alice", branchNames(SHARED.branch), project, { deleted: true }),
      ...NOTHING_TO_DO,
      title: "a push that deletes env-alice",
    },
    deletion("env-alice", [SHARED.destroy], project),
    ...project.fixed
      .filter((fixed) => !fixed.protected)
      .map(({ envId, branch }) => deletion(branch, [envId, SHARED.destroy], project)),
    { ...deletion("topic", [], project), ...NOTHING_TO_DO },
    {
      ...deletion("env-1.0", [], project, { ref_type: "tag" }),
      ...NOTHING_TO_DO,
      title: "the deletion of the tag env-1.0",
    },
    ...pullRequests(project),
    nightly(project),
    ...["alice", "env-alice"].flatMap((named) => byHand(named, "env-alice", null, project)),
    ...project.fixed.flatMap(({ envId, branch }) =>
      // By branch, too: a branch that does not begin like one of environments is not taken for one on a command line.
      [envId, branch]
        .filter((named) => named === envId || named.startsWith(BRANCH_PREFIX))
        .flatMap((named) => byHand(named, branch, envId, project)),
    ),
  ];
}

const NOTHING_TO_DO = { branch: null, allowed: [] as Verb[] };

function push(
  branch: string,
  environments: Situation["environments"],
  project: LintProject,
  payload: JsonObject = {},
): Situation {
  return {
    title: `a push to ${branch}`,
    event: event({ kind: "push", branch }, project, payload),
    branch,
    allowed: ["update", "look"],
    environments,
    trusted: true,
  };
}

function deletion(branch: string, names: string[], project: LintProject, payload: JsonObject = {}): Situation {
  return {
    title: `the deletion of ${branch}`,
    event: event({ kind: "delete", branch }, project, payload),
    branch,
    allowed: ["destroy", "look"],
    environments: { update: names, destroy: names, look: names },
    trusted: true,
  };
}

function pullRequests(project: LintProject): Situation[] {
  const opened = { kind: "pull-request", number: NUMBER, action: "opened", head: "topic" } as const;
  const labelled = { ...opened, action: "labeled", label: LABEL } as const;
  const pull = (title: string, request: EventRequest, more: Partial<Situation>): Situation => ({
    title,
    event: event(request, project),
    branch: `pr-${NUMBER}`,
    allowed: ["look"],
    environments: { update: [SHARED.preview], destroy: [SHARED.preview], look: [SHARED.plan, SHARED.preview] },
    trusted: true,
    ...more,
  });
  const distrusted = { allowed: [], trusted: false } satisfies Partial<Situation>;
  const resumed = pull(
    "a pull request by Dependabot that alice pushes to",
    { ...opened, action: "synchronize", labels: [LABEL] },
    distrusted,
  );
  return [
    pull("a pull request", opened, {}),
    pull("a pull request that gets the label", labelled, { allowed: ["update", "look"] }),
    pull(
      "a push to a pull request with the label",
      { ...opened, action: "synchronize", labels: [LABEL] },
      { allowed: ["update", "look"] },
    ),
    pull(
      "a pull request that loses the label",
      { ...opened, action: "unlabeled", label: LABEL },
      { allowed: ["destroy", "look"] },
    ),
    pull(
      "a closed pull request with the label",
      { ...opened, action: "closed", labels: [LABEL] },
      { allowed: ["destroy", "look"] },
    ),
    pull("a pull request from a fork", { ...opened, fork: true, labels: [LABEL] }, distrusted),
    pull("a labelled pull request from a fork", { ...labelled, fork: true }, distrusted),
    pull("a closed pull request from a fork", { ...opened, action: "closed", fork: true, labels: [LABEL] }, distrusted),
    pull("a pull request by Dependabot", { ...opened, actor: "dependabot[bot]", labels: [LABEL] }, distrusted),
    // What somebody else does to it runs in their name: only the author tells whose code it is.
    { ...resumed, event: byDependabot(resumed.event) },
  ];
}

function nightly(project: LintProject): Situation {
  const names = [SHARED.destroy];
  return {
    title: "the nightly run",
    event: event({ kind: "schedule" }, project),
    branch: "env-alice",
    allowed: ["destroy", "look"],
    environments: { update: [], destroy: names, look: names },
    trusted: true,
  };
}

/** The choices of a workflow that is run by hand, by the name of their command. */
export const COMMANDS: Readonly<Record<string, Verb>> = {
  up: "update",
  rollback: "update",
  plan: "look",
  destroy: "destroy",
};

function byHand(named: string, branch: string, fixed: string | null, project: LintProject): Situation[] {
  return Object.entries(COMMANDS).map(([command, verb]) => ({
    title: `${command} ${named}, by hand`,
    event: event({ kind: "dispatch", words: [], inputs: { command, environment: named } }, project),
    branch,
    allowed: [verb, "look"],
    environments: { ...branchNames(fixed ?? SHARED.branch), destroy: [fixed ?? SHARED.destroy] },
    trusted: true,
  }));
}

function branchNames(name: string): Situation["environments"] {
  return { update: [name], destroy: [], look: [name] };
}

function event(request: EventRequest, { defaultBranch }: LintProject, payload: JsonObject = {}): GithubEvent {
  const described = describeEvent(request, COMMITS, { identity: REPOSITORY, defaultBranch });
  return { ...described, payload: { ...described.payload, ...payload } };
}

function byDependabot(event: GithubEvent): GithubEvent {
  const pull = objectOf(event.payload.pull_request);
  const author: JsonObject = { ...(isObject(pull.user) ? pull.user : {}), login: "dependabot[bot]" };
  return { ...event, payload: { ...event.payload, pull_request: { ...pull, user: author } } };
}
