import { z } from "zod";
import { PaasError } from "../errors.js";

export type PullRequest = {
  number: number;
  open: boolean;
  /** `owner/name` that the head branch lies in; null when that fork is gone. */
  headRepository: string | null;
  headBranch: string;
  /** Branch of this repository that it would be merged into. */
  baseBranch: string;
  /** Commit that checks and comments are about; the run itself builds a merge of it. */
  headSha: string;
  author: string;
  labels: string[];
};

/** What made a workflow start, as far as it concerns an environment. */
export type Event =
  | { kind: "push"; branch: string | null; deleted: boolean }
  | { kind: "delete"; branch: string | null }
  | { kind: "pull-request"; action: string; pull: PullRequest }
  | { kind: "dispatch"; inputs: Record<string, string> }
  | { kind: "other" };

/** What the payloads of all events tell. */
export type Happening = { event: Event; sender: string | null; defaultBranch: string | null };

/** Git admits none of these in a ref; a payload that has one is no payload of GitHub's. */
const ref = z.string().regex(/^\P{Cc}+$/u);
const login = z.object({ login: z.string() });

const common = z.object({
  sender: login.nullish(),
  repository: z.object({ default_branch: ref.optional() }).optional(),
});
const push = z.object({ ref, deleted: z.boolean().default(false) });
const deletion = z.object({ ref, ref_type: z.string() });
const dispatch = z.object({
  inputs: z.record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()])).nullish(),
});
const pullRequest = z.object({
  action: z.string(),
  pull_request: z.object({
    number: z.int().positive(),
    state: z.string(),
    user: login.nullable(),
    head: z.object({ ref, sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
    base: z.object({ ref }),
    labels: z.array(z.object({ name: z.string() })).default([]),
  }),
});

/**
 * Reads the payload of an event.
 * @param name of the event, as GitHub names it
 * @throws PaasError `event-unreadable` when the payload has not the shape of that event's
 */
export function parseEvent(name: string, payload: string): Happening {
  const value = parseJson(name, payload);
  const { sender, repository } = checked(name, common, value);
  return {
    event: eventOf(name, value),
    sender: sender?.login ?? null,
    defaultBranch: repository?.default_branch ?? null,
  };
}

function eventOf(name: string, value: unknown): Event {
  if (name === "push") {
    const { ref, deleted } = checked(name, push, value);
    return { kind: "push", branch: branchOfRef(ref), deleted };
  }
  if (name === "delete") {
    // Here alone the ref is a bare name; the workflow runs as the default branch, so nothing else tells it.
    const { ref, ref_type } = checked(name, deletion, value);
    return { kind: "delete", branch: ref_type === "branch" ? ref : null };
  }
  if (name === "pull_request") return pullRequestOf(checked(name, pullRequest, value));
  if (name === "workflow_dispatch") return { kind: "dispatch", inputs: texts(checked(name, dispatch, value).inputs) };
  return { kind: "other" };
}

function pullRequestOf({ action, pull_request: pull }: z.infer<typeof pullRequest>): Event {
  return {
    kind: "pull-request",
    action,
    pull: {
      number: pull.number,
      open: pull.state === "open",
      headRepository: pull.head.repo?.full_name ?? null,
      headBranch: pull.head.ref,
      baseBranch: pull.base.ref,
      headSha: pull.head.sha,
      author: pull.user?.login ?? "ghost",
      labels: pull.labels.map(({ name }) => name),
    },
  };
}

function branchOfRef(ref: string): string | null {
  const prefix = "refs/heads/";
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : null;
}

function texts(inputs: z.infer<typeof dispatch>["inputs"]): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs ?? {}).map(([name, value]) => [name, String(value ?? "")]));
}

function parseJson(name: string, payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (cause) {
    throw unreadable(name, [(cause as Error).message]);
  }
}

function checked<T>(name: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(
    name,
    result.error.issues.map(({ path, message }) => `${path.join(".") || "(payload)"}: ${message}`),
  );
}

function unreadable(name: string, details: string[]): PaasError {
  return new PaasError("event-unreadable", `the payload of the ${name} event is not one of GitHub's`, {
    details,
    next: "look at the file that GITHUB_EVENT_PATH names",
  });
}
