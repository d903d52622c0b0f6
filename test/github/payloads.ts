/** Payloads shaped as GitHub's webhooks are, cut to what surrounds the parts that paas reads. */

export const REPOSITORY = "acme/shop";
export const MERGE_SHA = "3e".repeat(20);
export const HEAD_SHA = "7a".repeat(20);

const repository = {
  id: 4711,
  full_name: REPOSITORY,
  default_branch: "main",
  owner: { login: "acme", id: 7, type: "Organization" },
};
const user = (login: string) => ({ login, id: 1, type: login.endsWith("[bot]") ? "Bot" : "User" });

export function pushPayload(branch: string, { sender = "alice", deleted = false } = {}) {
  const ref = `refs/heads/${branch}`;
  return { ref, before: "00", after: "11", created: false, deleted, repository, sender: user(sender), commits: [] };
}

export function deletePayload(ref: string, type = "branch") {
  return { ref, ref_type: type, pusher_type: "user", repository, sender: user("alice") };
}

export type PullPayload = {
  action?: string;
  number?: number;
  state?: string;
  author?: string;
  /** null: the fork is gone. */
  from?: string | null;
  labels?: string[];
  head?: string;
  base?: string;
};

export function pullPayload(pull: PullPayload = {}) {
  const {
    action = "synchronize",
    number = 7,
    state = "open",
    author = "alice",
    labels = [],
    head = "topic",
    base = "main",
  } = pull;
  const from = pull.from === undefined ? REPOSITORY : pull.from;
  return {
    action,
    number,
    pull_request: {
      number,
      state,
      title: "::error::a title\n$(touch canary)",
      user: user(author),
      head: { ref: head, sha: HEAD_SHA, repo: from === null ? null : { full_name: from } },
      base: { ref: base, sha: "ba".repeat(20), repo: { full_name: REPOSITORY } },
      labels: labels.map((name, id) => ({ id, name, color: "ededed", default: false })),
    },
    repository,
    sender: user("alice"),
  };
}

export function dispatchPayload(inputs: Record<string, string> | null) {
  return { inputs, ref: "refs/heads/main", repository, sender: user("alice"), workflow: ".github/workflows/x.yml" };
}
