import http from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Server, TOKEN } from "../contexts.js";
import type { GithubEvent } from "../event.js";
import { type Json, type JsonObject, listOf, objectOf } from "../json.js";
import type { ApiCall } from "../transcript.js";
import type { Origin } from "./origin.js";

/** GitHub's REST API as far as paas asks it, over the copy of the repository; on loopback only. */
export type GithubApi = { server: Server; calls: ApiCall[]; close(): Promise<void> };

type Answer = { status: number; body: Json };
type Question = { parts: string[]; query: URLSearchParams; body: JsonObject };
type Route = [method: string, path: RegExp, answer: (question: Question) => Answer | Promise<Answer>];

const ok = (body: Json): Answer => ({ status: 200, body });
const made = (body: Json): Answer => ({ status: 201, body });
const ABSENT: Answer = { status: 404, body: { message: "Not Found" } };
const BOT = { login: "github-actions[bot]", type: "Bot" };
/** Who proposes changes from a fork may only read. */
const STRANGER = "mallory";

/** Starts the stand-in on a free port. It remembers what it was told until it is closed. */
export async function startGithubApi(origin: Origin, event: GithubEvent, repository: string): Promise<GithubApi> {
  const calls: ApiCall[] = [];
  const routes = [...branchRoutes(origin), ...pullRequestRoutes(event), ...reportRoutes()];
  const prefix = `/repos/${repository}`.toLowerCase();

  const answer = async (request: http.IncomingMessage, url: URL, body: JsonObject): Promise<Answer> => {
    if (!request.headers.authorization?.endsWith(TOKEN)) return { status: 401, body: { message: "Bad credentials" } };
    if (!url.pathname.toLowerCase().startsWith(`${prefix}/`)) return ABSENT;
    const path = url.pathname.slice(prefix.length);
    for (const [method, pattern, reply] of routes) {
      const found = method === request.method ? pattern.exec(path) : null;
      if (found) return reply({ parts: found.slice(1).map(decodeURIComponent), query: url.searchParams, body });
    }
    return ABSENT;
  };
  const listener = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const body = request.method === "GET" ? {} : objectOf((await json(request).catch(() => null)) as Json);
    const { status, body: reply } = await answer(request, url, body);
    calls.push({ method: request.method ?? "", path: url.pathname, status, body });
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    server: { url: "https://github.invalid", apiUrl },
    calls,
    close: () => {
      listener.closeAllConnections();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

function branchRoutes({ branches }: Origin): Route[] {
  const refOf = ({ name, sha }: { name: string; sha: string }) => ({ ref: `refs/heads/${name}`, object: { sha } });
  const branchOf = ({ name, sha }: { name: string; sha: string }) => ({ name, commit: { sha }, protected: false });
  const named = async (name = "") => (await branches()).find((branch) => branch.name === name);
  return [
    [
      "GET",
      /^\/git\/ref\/heads(?:\/|%2F)(.+)$/i,
      async ({ parts: [name] }) => {
        const branch = await named(name);
        return branch ? ok(refOf(branch)) : ABSENT;
      },
    ],
    [
      "GET",
      /^\/git\/matching-refs\/heads(?:\/|%2F)(.*)$/i,
      async ({ parts: [start = ""] }) => ok((await branches()).filter(({ name }) => name.startsWith(start)).map(refOf)),
    ],
    ["GET", /^\/branches$/, async () => ok((await branches()).map(branchOf))],
    [
      "GET",
      /^\/branches\/(.+)$/,
      async ({ parts: [name] }) => {
        const branch = await named(name);
        return branch ? ok(branchOf(branch)) : ABSENT;
      },
    ],
  ];
}

/** The one pull request that there is: that of the event. Its labels were set by who is behind the event. */
function pullRequestRoutes({ payload, actor }: GithubEvent): Route[] {
  const pull = objectOf(payload.pull_request);
  const is = (number: string | undefined) => String(pull.number) === number;
  const labelled = listOf(pull.labels).map((label) => ({ event: "labeled", actor: { login: actor }, label }));
  return [
    ["GET", /^\/pulls$/, () => ok(pull.state === "open" ? [pull] : [])],
    ["GET", /^\/pulls\/(\d+)$/, ({ parts: [number] }) => (is(number) ? ok(pull) : ABSENT)],
    ["GET", /^\/issues\/(\d+)\/events$/, ({ parts: [number] }) => (is(number) ? ok(labelled) : ABSENT)],
    [
      "GET",
      /^\/collaborators\/([^/]+)\/permission$/,
      ({ parts: [login] }) => ok({ permission: login === STRANGER ? "read" : "write" }),
    ],
  ];
}

/** Comments, deployments and statuses: kept, and given back. */
function reportRoutes(): Route[] {
  const comments: JsonObject[] = [];
  const deployments: JsonObject[] = [];
  const states = new Map<string, JsonObject[]>();
  return [
    [
      "GET",
      /^\/issues\/(\d+)\/comments$/,
      ({ parts: [issue = ""] }) => ok(comments.filter((one) => one.issue === issue)),
    ],
    [
      "POST",
      /^\/issues\/(\d+)\/comments$/,
      ({ parts: [issue = ""], body }) => {
        const comment = { id: comments.length + 1, issue, user: BOT, body: body.body ?? "" };
        comments.push(comment);
        return made(comment);
      },
    ],
    [
      "PATCH",
      /^\/issues\/comments\/(\d+)$/,
      ({ parts: [id], body }) => {
        const comment = comments.find((one) => String(one.id) === id);
        if (!comment) return ABSENT;
        return ok(Object.assign(comment, { body: body.body ?? "" }));
      },
    ],
    [
      "GET",
      /^\/deployments$/,
      ({ query }) =>
        ok(deployments.filter(({ task }) => !query.has("task") || task === query.get("task")).toReversed()),
    ],
    [
      "POST",
      /^\/deployments$/,
      ({ body }) => {
        const deployment = { ...body, id: deployments.length + 1 };
        deployments.push(deployment);
        return made(deployment);
      },
    ],
    ["GET", /^\/deployments\/(\d+)\/statuses$/, ({ parts: [id = ""] }) => ok(states.get(id)?.toReversed() ?? [])],
    [
      "POST",
      /^\/deployments\/(\d+)\/statuses$/,
      ({ parts: [id = ""], body }) => {
        states.set(id, [...(states.get(id) ?? []), body]);
        return made(body);
      },
    ],
    ["POST", /^\/statuses\/([0-9a-f]{40})$/, ({ body }) => made(body)],
  ];
}
