/**
 * A stand-in for GitHub on loopback: the few routes that paas calls, shaped by the published REST API (2022-11-28). It
 * checks every request, and each of its own answers, as strictly as that documents it, and keeps what is told to it; what
 * is wrong it notes, and `close()` throws it.
 */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { ANSWERED, type Answered, REFUSED } from "./published.js";
import { SETTINGS_ROUTES, Settings } from "./stand-in-settings.js";

export const TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
const OWN_BOT = { login: "github-actions[bot]", type: "Bot" };

export type Comment = { id: number; body: string; user: { login: string; type: string } };
export type DeploymentStatus = { state: string; log_url?: string; environment_url?: string; description?: string };
export type Deployment = { id: number; task: string; environment: string; ref: string; statuses: DeploymentStatus[] };
type Body = Record<string, unknown>;

/** What the stand-in's repository is like; tests set and read it. */
export class Repository {
  branches = new Set<string>(["main"]);
  /** Branches that a list misses, as when others are deleted while it is read. */
  unlisted = new Set<string>();
  pulls = new Map<number, { state: string; labels: string[] }>();
  labelEvents: { number: number; event: string; label: string; actor: string | null }[] = [];
  permissions = new Map<string, string>();
  comments: Comment[] = [];
  deployments: Deployment[] = [];
  statuses: Body[] = [];
  settings = new Settings();
  nextId = 9_000_000_001;
  private = false;
  actionsEnabled = true;
}

export type Answer = { status: number; body: unknown; headers?: Record<string, string> };
/** `hang up`: nothing is done and nothing said. `done, unsaid`: it is done, and the connection breaks before the answer. */
type Refusal = Answer | "hang up" | "done, unsaid";
export type Exchange = { path: Record<string, string>; query: URLSearchParams; body: Body; repository: Repository };
export type Route = {
  method: string;
  pattern: RegExp;
  query?: z.ZodType;
  body?: z.ZodType<Body>;
  answered: Answered;
  answer(exchange: Exchange): Answer;
};

const page = {
  per_page: z.coerce.number().int().min(1).max(100).optional(),
  page: z.coerce.number().min(1).optional(),
};
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const webUrl = z.url({ protocol: /^https?$/ });
const headers = z.object({
  authorization: z.literal(`token ${TOKEN}`),
  accept: z.literal("application/vnd.github.v3+json"),
  "user-agent": z.string().regex(/^paas\//),
  "x-github-api-version": z.literal("2022-11-28"),
});

const created = (body: unknown): Answer => ({ status: 201, body });
const ok = (body: unknown, more: Record<string, string> = {}): Answer => ({ status: 200, body, headers: more });
const absent: Answer = {
  status: 404,
  body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" },
};

const ROUTES: Route[] = [
  ...SETTINGS_ROUTES,
  {
    method: "GET",
    pattern: /^\/actions\/permissions$/,
    answered: ANSWERED.actions,
    answer: ({ repository }) => ok({ enabled: repository.actionsEnabled, allowed_actions: "all" }),
  },
  {
    method: "GET",
    pattern: /^\/environments$/,
    answered: ANSWERED.environments,
    query: z.strictObject(page),
    answer: ({ repository }) => {
      const environments = [...repository.settings.environments].map(([name, { refs, rules }]) => ({
        id: 1,
        name,
        protection_rules: rules,
        deployment_branch_policy: refs && { protected_branches: false, custom_branch_policies: true },
      }));
      return ok({ total_count: environments.length, environments });
    },
  },
  {
    method: "GET",
    pattern: /^\/git\/ref\/(?<ref>.+)$/,
    answered: ANSWERED.ref,
    answer: ({ path: { ref = "" }, repository }) => {
      const branch = ref.replace(/^heads\//, "");
      return repository.branches.has(branch) ? ok({ ref: `refs/heads/${branch}`, object: { type: "commit" } }) : absent;
    },
  },
  {
    method: "GET",
    pattern: /^\/branches$/,
    answered: ANSWERED.branches,
    query: z.strictObject(page),
    answer: ({ query, repository }) => {
      const names = [...repository.branches].filter((name) => !repository.unlisted.has(name)).sort();
      return paged(
        query,
        names.map((name) => ({ name, commit: { sha: "0".repeat(40) }, protected: false })),
      );
    },
  },
  {
    method: "GET",
    pattern: /^\/pulls$/,
    answered: ANSWERED.pulls,
    query: z.strictObject({ ...page, state: z.literal("open") }),
    answer: ({ query, repository }) => {
      const open = [...repository.pulls].filter(([, { state }]) => state === "open");
      return paged(
        query,
        open.map(([number, { labels }]) => ({ number, state: "open", labels: labels.map((name) => ({ name })) })),
      );
    },
  },
  {
    method: "GET",
    pattern: /^\/pulls\/(?<number>\d+)$/,
    answered: ANSWERED.pull,
    answer: ({ path, repository }) => {
      const pull = repository.pulls.get(Number(path.number));
      return pull ? ok({ state: pull.state, labels: pull.labels.map((name) => ({ name })) }) : absent;
    },
  },
  {
    method: "GET",
    pattern: /^\/issues\/(?<number>\d+)\/events$/,
    answered: ANSWERED.events,
    query: z.strictObject(page),
    answer: ({ path, query, repository }) =>
      paged(
        query,
        repository.labelEvents
          .filter(({ number }) => number === Number(path.number))
          .map(({ event, label, actor }) => ({ event, label: { name: label }, actor: actor && { login: actor } })),
      ),
  },
  {
    method: "GET",
    pattern: /^\/collaborators\/(?<username>[^/]+)\/permission$/,
    answered: ANSWERED.permission,
    answer: ({ path: { username = "" }, repository }) => {
      const permission = repository.permissions.get(username);
      return permission === undefined ? absent : ok({ permission, role_name: permission });
    },
  },
  {
    method: "GET",
    pattern: /^\/issues\/(?<number>\d+)\/comments$/,
    answered: ANSWERED.comments,
    query: z.strictObject(page),
    answer: ({ query, repository }) => paged(query, repository.comments),
  },
  {
    method: "POST",
    pattern: /^\/issues\/(?<number>\d+)\/comments$/,
    answered: ANSWERED.commentMade,
    body: z.strictObject({ body: z.string().min(1).max(65_535) }),
    answer: ({ body, repository }) => {
      const comment = { id: repository.nextId++, body: String(body.body), user: OWN_BOT };
      repository.comments.push(comment);
      return created(comment);
    },
  },
  {
    method: "PATCH",
    pattern: /^\/issues\/comments\/(?<id>\d+)$/,
    answered: ANSWERED.commentChanged,
    body: z.strictObject({ body: z.string().min(1).max(65_535) }),
    answer: ({ path, body, repository }) => {
      const comment = repository.comments.find(({ id }) => id === Number(path.id));
      if (!comment) return absent;
      if (comment.user.login !== OWN_BOT.login) return { status: 403, body: { message: "Resource not accessible" } };
      comment.body = String(body.body);
      return ok(comment);
    },
  },
  {
    method: "GET",
    pattern: /^\/deployments$/,
    answered: ANSWERED.deployments,
    query: z.strictObject({ ...page, task: z.string() }),
    answer: ({ query, repository }) =>
      paged(
        query,
        repository.deployments
          .filter(({ task }) => task === query.get("task"))
          .map(shown)
          .reverse(),
      ),
  },
  {
    method: "POST",
    pattern: /^\/deployments$/,
    answered: ANSWERED.deploymentMade,
    body: z.strictObject({
      ref: sha,
      task: z.string(),
      environment: z.string(),
      description: z.string().max(140),
      payload: z.string(),
      auto_merge: z.literal(false),
      required_contexts: z.tuple([]),
      transient_environment: z.boolean(),
      production_environment: z.boolean(),
    }),
    answer: ({ body, repository }) => {
      const { task, environment, ref } = body as { task: string; environment: string; ref: string };
      const deployment = { id: repository.nextId++, task, environment, ref, statuses: [] };
      repository.deployments.push(deployment);
      return created(shown(deployment));
    },
  },
  {
    method: "GET",
    pattern: /^\/deployments\/(?<id>\d+)\/statuses$/,
    answered: ANSWERED.deploymentStatuses,
    query: z.strictObject(page),
    answer: ({ path, query, repository }) =>
      paged(query, (deploymentOf(repository, path.id)?.statuses ?? []).map(shownStatus).reverse()),
  },
  {
    method: "POST",
    pattern: /^\/deployments\/(?<id>\d+)\/statuses$/,
    answered: ANSWERED.deploymentStatusMade,
    body: z.strictObject({
      state: z.enum(["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]),
      log_url: webUrl.optional(),
      environment_url: webUrl.optional(),
      description: z.string().max(140).optional(),
      auto_inactive: z.literal(false),
    }),
    answer: ({ path, body, repository }) => {
      const deployment = deploymentOf(repository, path.id);
      if (!deployment) return absent;
      deployment.statuses.push(body as DeploymentStatus);
      return created(shownStatus(body as DeploymentStatus));
    },
  },
  {
    method: "POST",
    pattern: /^\/statuses\/(?<sha>[0-9a-f]{40})$/,
    answered: ANSWERED.statusMade,
    body: z.strictObject({
      state: z.enum(["error", "failure", "pending", "success"]),
      target_url: webUrl,
      description: z.string().max(140),
      context: z.string(),
    }),
    answer: ({ path, body, repository }) => {
      repository.statuses.push({ sha: path.sha, ...body });
      return created(body);
    },
  },
];

export type StandIn = {
  /** With a path, as an Enterprise Server has it. */
  apiUrl: string;
  repository: Repository;
  /** Requests in their order, `POST /deployments`. */
  calls: string[];
  /** What was wrong with requests and answers so far. */
  problems: string[];
  /** The next requests of a kind get these answers instead; after them it answers as ever. */
  refuse(call: RegExp, ...answers: Refusal[]): void;
  /** @throws Error where a request or an answer was not as GitHub documents it */
  close(): Promise<void>;
};

export async function openStandIn(owner = "acme", repo = "shop"): Promise<StandIn> {
  const prefix = `/api/v3/repos/${owner}/${repo}`;
  const repository = new Repository();
  const calls: string[] = [];
  const problems: string[] = [];
  const refusals: { call: RegExp; answers: Refusal[] }[] = [];
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://stand-in");
    const rest = decodeURIComponent(pathname.slice(prefix.length));
    const call = `${request.method} ${rest}`;
    const body = await text(request);
    calls.push(call);
    const planned = refusals.find((refusal) => refusal.call.test(call) && refusal.answers.length > 0)?.answers.shift();
    if (planned === "hang up") return void request.socket.destroy();
    const known = { call, rest, inside: `${pathname}/`.startsWith(`${prefix}/`), request, searchParams, body };
    const answer = typeof planned === "object" ? planned : answerTo(known);
    if (planned === "done, unsaid") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json; charset=utf-8", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  });

  type Call = {
    call: string;
    rest: string;
    inside: boolean;
    request: http.IncomingMessage;
    searchParams: URLSearchParams;
    body: string;
  };
  function answerTo({ call, rest, inside, request, searchParams, body }: Call): Answer {
    const route = ROUTES.find(({ method, pattern }) => method === request.method && pattern.test(rest));
    if (!inside || !route) return wrong(`${call}: there is no such route`);
    const value = body === "" ? {} : (JSON.parse(body) as Body);
    const checks: [string, z.ZodType, unknown][] = [
      ["headers", headers, request.headers],
      ["query", route.query ?? z.strictObject({}), Object.fromEntries(searchParams)],
      ["body", route.body ?? z.strictObject({}), value],
    ];
    for (const [part, schema, found] of checks) {
      const result = schema.safeParse(found);
      if (!result.success) return wrong(`${call}: ${part}: ${z.prettifyError(result.error)}`);
    }
    const path = route.pattern.exec(rest)?.groups ?? {};
    return checked(call, route, route.answer({ path, query: searchParams, body: value, repository }));
  }
  function checked(call: string, { answered }: Route, answer: Answer): Answer {
    if (answer.status < 300 && answer.status !== answered.status) return wrong(`${call}: answers ${answer.status}`);
    const result = (answer.status < 300 ? answered.schema : REFUSED).safeParse(answer.body);
    return result.success ? answer : wrong(`${call}: its answer: ${z.prettifyError(result.error)}`);
  }
  /** No status that GitHub means anything by, so that nobody takes it for an answer. */
  function wrong(problem: string): Answer {
    problems.push(problem);
    return { status: 418, body: { message: problem } };
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api/v3`,
    repository,
    calls,
    problems,
    refuse: (call, ...answers) => void refusals.push({ call, answers }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      if (problems.length > 0) throw new Error(`wrong towards GitHub:\n${problems.join("\n")}`);
    },
  };
}

/** A page of a list, with the header that leads to the next one. */
function paged(query: URLSearchParams, all: unknown[]): Answer {
  const size = Number(query.get("per_page") ?? 30);
  const number = Number(query.get("page") ?? 1);
  const next = number * size < all.length ? { link: `<https://stand-in/?page=${number + 1}>; rel="next"` } : undefined;
  return ok(all.slice((number - 1) * size, number * size), next);
}

function deploymentOf(repository: Repository, id: string | undefined): Deployment | undefined {
  return repository.deployments.find((deployment) => deployment.id === Number(id));
}

/** Its statuses are asked for by themselves. */
function shown({ id, task, environment, ref }: Deployment) {
  return { id, task, environment, ref };
}

function shownStatus({ state, description = "", log_url, environment_url }: DeploymentStatus) {
  return { state, description, log_url, environment_url };
}
