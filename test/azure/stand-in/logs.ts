import { randomBytes } from "node:crypto";
import type { PassThrough } from "node:stream";
import { z } from "zod";
import * as simulated from "../../../src/local/arm/container-apps.js";
import type { Core } from "./core.js";
import { route, tags } from "./route.js";
import { simulatedContext, simulatedRequest } from "./simulated.js";

const SPEC = "app/Microsoft.App/ContainerApps/stable/2025-07-01/ContainerAppsRevisions.json";
const APP = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App/containerApps/{app}";

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
      }),
    ),
  }),
});

/** Output of container apps: what their replicas say, and what the log workspace has kept. */
export function openLogs(core: Core) {
  const token = randomBytes(16).toString("hex");
  const logs = {
    /** Names of running replicas by app. */
    replicas: new Map<string, string[]>(),
    /** Why the containers of an app do not run. */
    waiting: new Map<string, string>(),
    /** Lines that a replica's stream gives before it ends. */
    lines: new Map<string, { TimeStamp: string; Log: string }[]>(),
    /** Replicas that go on talking: what is written here is heard until it ends. */
    live: new Map<string, PassThrough>(),
    /** What the workspace has: time, app, revision, line. */
    history: [] as [string, string, string, string][],
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
                logStreamEndpoint: `https://westeurope.azurecontainerapps.dev${call.path}/${name}/containers/web/logstream`,
              },
            ],
          },
        }));
        return { status: 200, body: { value } };
      },
    }),
    route({
      method: "GET",
      host: "{region}.azurecontainerapps.dev",
      path: `${APP}/revisions/{revision}/replicas/{replica}/containers/{container}/logstream`,
      versions: null,
      query: z.strictObject({
        follow: z.enum(["true", "false"]),
        tailLines: z.string().regex(/^\d+$/),
        output: z.enum(["json", "text"]),
      }),
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
          const message =
            "A semantic error occurred: 'where' operator: Failed to resolve table or column expression named 'ContainerAppConsoleLogs_CL'";
          return { status: 400, body: { error: { code: "BadArgumentError", message } } };
        }
        const execution = /ContainerGroupName_s startswith "([^"]+)"/.exec(body.query)?.[1];
        if (execution !== undefined) {
          const rows = logs.executions.filter(([, of]) => of === execution).map(([time, , line]) => [time, line]);
          const columns = ["TimeGenerated", "Log_s"].map((name) => ({ name, type: "string" }));
          return { status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } };
        }
        const apps = [...(/in \(([^)]*)\)/.exec(body.query)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(([, app]) => app);
        const revision = /RevisionName_s == "([^"]+)"/.exec(body.query)?.[1];
        const top = Number(/top (\d+)/.exec(body.query)?.[1]);
        const rows = logs.history
          .filter(([, app, of]) => apps.includes(app) && (!revision || of === revision))
          .map(([time, app, , line]) => [time, app, line])
          .slice(-top);
        const columns = ["TimeGenerated", "ContainerAppName_s", "Log_s"].map((name) => ({ name, type: "string" }));
        return { status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } };
      },
    }),
  ];
  return Object.assign(logs, { routes });
}
