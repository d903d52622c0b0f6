import { randomBytes } from "node:crypto";
import type { PassThrough } from "node:stream";
import { z } from "zod";
import * as simulated from "../../../src/local/arm/container-apps.js";
import { proxied } from "./container-apps.js";
import type { Core } from "./core.js";
import { route, tags } from "./route.js";
import { simulatedContext, simulatedRequest } from "./simulated.js";

const SPEC = "app/Microsoft.App/ContainerApps/stable/2025-07-01/ContainerAppsRevisions.json";
const APP = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App/containerApps/{app}";
const PROXY = "{region}.azurecontainerapps.dev";
const PROXIED = "/subscriptions/{subscriptionId}/resourceGroups/{group}/containerApps/{app}";
const streaming = z.strictObject({
  follow: z.enum(["true", "false"]),
  tailLines: z.string().regex(/^\d+$/),
  output: z.enum(["json", "text"]),
});

/** A line of an app's system log, as learn.microsoft.com/azure/container-apps/log-streaming shows it. */
export type AppEvent = {
  TimeStamp: string;
  Type: "Normal" | "Warning";
  ContainerAppName: string | null;
  RevisionName: string | null;
  ReplicaName: string | null;
  Msg: string;
  Reason: string;
  EventSource: string;
  Count: number;
};

const replica = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.App/containerApps/revisions/replicas"),
  properties: z.strictObject({
    createdTime: z.iso.datetime(),
    runningState: z.enum(["Running", "NotRunning", "Unknown"]),
    containers: z.array(
      z.strictObject({
        name: z.string(),
        ready: z.boolean(),
        started: z.boolean(),
        restartCount: z.number().int(),
        runningStateDetails: z.string().optional(),
        runningState: z.enum(["Running", "Terminated", "Waiting", "Unknown"]),
        logStreamEndpoint: z.url().optional(),
        execEndpoint: z.url().optional(),
      }),
    ),
  }),
});

/** What the stream says of itself. */
const CONNECTING: AppEvent = {
  TimeStamp: "2026-11-21T10:00:00Z",
  Type: "Normal",
  ContainerAppName: null,
  RevisionName: null,
  ReplicaName: null,
  Msg: "Connecting to the events collector...",
  Reason: "StartingGettingEvents",
  EventSource: "ContainerAppController",
  Count: 1,
};

/** Output of container apps: what their replicas say, and what the log workspace has kept. */
export function openLogs(core: Core) {
  const token = randomBytes(16).toString("hex");
  const logs = {
    /** Names of running replicas by app. */
    replicas: new Map<string, string[]>(),
    /** Why the containers of an app do not run. */
    waiting: new Map<string, string>(),
    /** Whether replicas tell where their console is. */
    tellingConsoles: true,
    /** Lines that a replica's stream gives before it ends. */
    lines: new Map<string, { TimeStamp: string; Log: string }[]>(),
    /** Replicas that go on talking: what is written here is heard until it ends. */
    live: new Map<string, PassThrough>(),
    /** System logs by app: what their streams give before they end. */
    events: new Map<string, AppEvent[]>(),
    /** What the workspace has: time, app, revision, line. */
    history: [] as [string, string, string, string][],
    /** What it has in the table of system logs: the reason stands before the line. */
    systemHistory: [] as [string, string, string, string, string][],
    /** What it has of executions of jobs: time, execution, line. */
    executions: [] as [string, string, string][],
    /** KQL that was asked. */
    queries: [] as string[],
    /** Whether anything has ever been written to the table. */
    written: true,
  };
  const routes = [
    route({
      method: "POST",
      path: `${APP}/getAuthtoken`,
      versions: ["2025-07-01"],
      spec: SPEC.replace("ContainerAppsRevisions", "ContainerApps"),
      responses: {
        200: z.strictObject({
          location: z.string(),
          tags: tags.optional(),
          properties: z.strictObject({ token: z.string(), expires: z.iso.datetime() }),
        }),
      },
      answer: () => ({
        status: 200,
        body: {
          location: "West Europe",
          properties: { token, expires: new Date(core.now().getTime() + 3_600_000).toISOString() },
        },
      }),
    }),
    route({
      method: "GET",
      path: `${APP}/revisions/{revision}/replicas`,
      versions: ["2025-07-01"],
      spec: SPEC,
      responses: { 200: z.strictObject({ value: z.array(replica) }) },
      answer: (call) => {
        const { group = "", app = "", revision = "" } = call.names;
        simulated.getRevision(simulatedRequest(call), simulatedContext(core), group, app, revision);
        const why = logs.waiting.get(app);
        const running = { ready: true, started: true, restartCount: 0, runningState: "Running" };
        const stuck = {
          ready: false,
          started: false,
          restartCount: 3,
          runningState: "Waiting",
          runningStateDetails: why,
        };
        const at = `https://westeurope.azurecontainerapps.dev${proxied(call.path)}`;
        const value = (logs.replicas.get(app) ?? []).map((name) => ({
          id: `${call.path}/${name}`,
          name,
          type: "Microsoft.App/containerApps/revisions/replicas",
          properties: {
            createdTime: core.now().toISOString(),
            runningState: "Running",
            containers: [
              {
                name: "web",
                ...(why === undefined ? running : stuck),
                logStreamEndpoint: `${at}/${name}/containers/web/logstream`,
                ...(logs.tellingConsoles ? { execEndpoint: `${at}/${name}/containers/web/exec` } : {}),
              },
            ],
          },
        }));
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      host: PROXY,
      path: `${PROXIED}/revisions/{revision}/replicas/{replica}/containers/{container}/logstream`,
      versions: null,
      query: streaming,
      spec: "log streaming, as `az containerapp logs show` asks for it",
      audience: null,
      responses: { 200: z.string() },
      answer: ({ headers, names, query }) => {
        if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: "Unauthorized" } };
        const live = logs.live.get(names.replica ?? "");
        if (live && query.get("follow") === "true") return { status: 200, body: live };
        const lines = (logs.lines.get(names.replica ?? "") ?? []).slice(-Number(query.get("tailLines")));
        return { status: 200, body: lines.map((line) => `${JSON.stringify(line)}\n`).join("") };
      },
    }),
    route({
      method: "GET",
      host: PROXY,
      path: `${PROXIED}/eventstream`,
      versions: null,
      query: streaming,
      spec: "log streaming, as `az containerapp logs show --type system` asks for it",
      audience: null,
      responses: { 200: z.string() },
      answer: ({ headers, names, query }) => {
        if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: "Unauthorized" } };
        const events = (logs.events.get(names.app ?? "") ?? []).slice(-Number(query.get("tailLines")));
        return { status: 200, body: [CONNECTING, ...events].map((line) => `${JSON.stringify(line)}\n`).join("") };
      },
    }),
    route({
      method: "POST",
      host: "api.loganalytics.io",
      path: "/v1/{+workspace}/query",
      versions: null,
      spec: "learn.microsoft.com/rest/api/loganalytics/query/resource-execute",
      audience: "https://api.loganalytics.io",
      request: z.strictObject({ query: z.string(), timespan: z.string().regex(/^P/) }),
      responses: {
        200: z.strictObject({
          tables: z.array(
            z.strictObject({
              name: z.string(),
              columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
              rows: z.array(z.array(z.string())),
            }),
          ),
        }),
      },
      answer: ({ body, names }) => {
        if (!core.store.get(`/${names.workspace}`))
          return {
            status: 404,
            body: { error: { code: "PathNotFoundError", message: "The workspace could not be found" } },
          };
        logs.queries.push(body.query);
        if (!logs.written) {
          const message = "Failed to resolve table or column expression named 'ContainerAppConsoleLogs_CL'";
          const innererror = {
            code: "SemanticError",
            message: "A semantic error occurred.",
            innererror: { code: "SEM0100", message },
          };
          return {
            status: 400,
            body: {
              error: { code: "BadArgumentError", message: "The request had some invalid properties", innererror },
            },
          };
        }
        const execution = /Group startswith "([^"]+)"/.exec(body.query)?.[1];
        if (execution !== undefined) {
          const rows = logs.executions.filter(([, of]) => of === execution).map(([time, , line]) => [time, line]);
          const columns = ["TimeGenerated", "Text"].map((name) => ({ name, type: "string" }));
          return { status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } };
        }
        const system = /^union isfuzzy=true ContainerAppSystemLogs_CL, ContainerAppSystemLogs \|/.test(body.query);
        const apps = [...(/App in \(([^)]*)\)/.exec(body.query)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(
          ([, app]) => app,
        );
        const revision = /Revision == "([^"]+)"/.exec(body.query)?.[1];
        const top = Number(/top (\d+)/.exec(body.query)?.[1]);
        const kept = system ? logs.systemHistory : logs.history;
        const rows = kept
          .filter(([, app, of]) => apps.includes(app) && (!revision || of === revision))
          .map(([time, app, of, ...line]) => [time, app, of, ...line.reverse()])
          .slice(-top);
        const named = /project (.+)$/.exec(body.query)?.[1]?.split(", ") ?? [];
        const columns = named.map((name) => ({ name, type: "string" }));
        return { status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } };
      },
    }),
  ];
  return Object.assign(logs, { routes, token });
}
