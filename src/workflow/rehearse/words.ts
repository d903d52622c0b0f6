import { EXIT, PaasError } from "../../errors.js";
import { type EventRequest, PULL_REQUEST_ACTIONS, type PullRequestAction } from "./event.js";

/** What the command line adds to the words of an event. */
export type EventOptions = {
  actor?: string;
  byToken?: boolean;
  /** Commit that the branch was at before a push. */
  before?: string;
  action?: string;
  head?: string;
  base?: string;
  title?: string;
  label?: string[];
  fork?: boolean;
  merged?: boolean;
  cron?: string;
  input?: string[];
  workflow?: string;
  ref?: string;
};

const PREVIEW_LABEL = "preview";
const FORMS = ["push <branch>", "delete <branch>", "pr <number>", "closed <number>", "nightly", "dispatch <value…>"];

/**
 * The event that words like `push env-alice` mean.
 * @param currentBranch asked only when the event needs it: the head of a pull request
 * @throws PaasError `usage`
 */
export async function parseEvent(
  words: string[],
  options: EventOptions,
  currentBranch: () => Promise<string>,
): Promise<EventRequest> {
  const [kind, ...rest] = words;
  const common = { ...given("actor", options.actor), ...given("byToken", options.byToken) };
  switch (kind) {
    case "push":
      return { ...common, kind, branch: oneOf(rest, "push <branch>"), ...given("before", options.before) };
    case "delete":
      return { ...common, kind, branch: oneOf(rest, "delete <branch>") };
    case "pr":
    case "closed":
      return {
        ...common,
        ...pullRequest(kind, numberOf(rest, kind), options, options.head ?? (await currentBranch())),
      };
    case "nightly":
      if (rest.length > 0) throw usage(`nightly takes nothing, not ${rest.join(" ")}`);
      return { ...common, kind: "schedule", ...given("cron", options.cron) };
    case "dispatch":
      return { ...common, ...dispatch(rest, options) };
    default:
      throw usage(kind === undefined ? "no event is named" : `there is no event ${kind}`);
  }
}

/** A label is set by the event itself, unless another action is named: then the pull request carries it. */
function pullRequest(kind: "pr" | "closed", number: number, options: EventOptions, head: string): EventRequest {
  const { label = [], action = kind === "closed" ? "closed" : label.length > 0 ? "labeled" : "opened" } = options;
  const [last] = label.slice(-1);
  const labelling = action === "labeled" || action === "unlabeled";
  if (labelling && last === undefined) throw usage(`--action ${action} needs --label <name>`);
  return {
    kind: "pull-request",
    number,
    action: actionOf(action),
    head,
    labels: labelling ? label.slice(0, -1) : label.length === 0 && kind === "closed" ? [PREVIEW_LABEL] : label,
    ...(labelling ? given("label", last) : {}),
    ...given("base", options.base),
    ...given("title", options.title),
    ...given("fork", options.fork),
    ...given("merged", options.merged),
  };
}

function dispatch(words: string[], { input = [], workflow, ref }: EventOptions): EventRequest {
  const inputs = input.map((pair) => pairOf(pair, "--input"));
  return {
    kind: "dispatch",
    words,
    inputs: Object.fromEntries(inputs),
    ...given("workflow", workflow),
    ...given("branch", ref),
  };
}

/**
 * `name=value` of a repeated option.
 * @throws PaasError `usage`
 */
export function pairOf(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`${option} ${text} is not name=value`);
}

function actionOf(text: string): PullRequestAction {
  const action = PULL_REQUEST_ACTIONS.find((known) => known === text);
  if (action) return action;
  throw usage(`--action ${text} is not one of ${PULL_REQUEST_ACTIONS.join(", ")}`);
}

function numberOf(words: string[], kind: string): number {
  const number = Number(oneOf(words, `${kind} <number>`));
  if (Number.isInteger(number) && number > 0) return number;
  throw usage(`${words[0]} is not the number of a pull request`);
}

function oneOf(words: string[], form: string): string {
  const [word, ...others] = words;
  if (word !== undefined && word !== "" && others.length === 0) return word;
  throw usage(`the event is \`${form}\``);
}

/** An option that was given, as a part of an object; `undefined` must not stand in it. */
function given<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T });
}

function usage(message: string): PaasError {
  return new PaasError("usage", message, {
    details: FORMS,
    next: "for example `paas workflow rehearse push env-alice`",
    exit: EXIT.usage,
  });
}
