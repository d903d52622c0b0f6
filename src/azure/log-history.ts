import type { TokenCredential } from "@azure/core-auth";
import type { LogLine } from "../cloud.js";
import { readAnswer } from "./answer.js";
import { type ClientOptions, openHttp } from "./client.js";
import { azureFailure, isAbsent } from "./failure.js";

export type HistoryRequest = {
  /** ARM id of the workspace. */
  workspaceId: string;
  /** Service by name of its container app. */
  services: Record<string, string>;
  revision?: string;
  /** What Container Apps says of the apps, in place of what they print. */
  system?: boolean;
  tail: number;
};

const ENDPOINT = "https://api.loganalytics.io";

/** How far back it looks, as ISO 8601 has it. */
const SPAN = "P7D";

/** What apps said in the last days, oldest first; Azure takes some minutes until it knows. */
export async function readHistory(
  request: HistoryRequest,
  credential: TokenCredential,
  options: ClientOptions,
): Promise<LogLine[]> {
  const { workspaceId, services } = request;
  const rows = await ask(workspaceId, appsQuery(request), credential, options);
  return rows.map(({ TimeGenerated = "", App = "", Reason = "", Text = "" }) => ({
    service: services[App] ?? App,
    time: TimeGenerated,
    text: Reason === "" ? Text : `${Reason}: ${Text}`,
  }));
}

/** The last lines of an execution of a job, oldest first. */
export async function readExecutionHistory(
  execution: { workspaceId: string; execution: string; container: string; tail: number },
  credential: TokenCredential,
  options: ClientOptions,
): Promise<string[]> {
  const rows = await ask(execution.workspaceId, executionQuery(execution), credential, options);
  return rows.map(({ Text = "" }) => Text);
}

async function ask(
  workspaceId: string,
  query: string,
  credential: TokenCredential,
  options: ClientOptions,
): Promise<Record<string, string>[]> {
  const http = openHttp({ credential, scope: `${ENDPOINT}/.default` }, options);
  try {
    const { body } = await http({
      method: "POST",
      url: `${ENDPOINT}/v1${workspaceId}/query`,
      body: { query, timespan: SPAN },
    });
    return rowsOf(body);
  } catch (error) {
    if (isUnwritten(error)) return [];
    throw azureFailure("read the log workspace", error);
  }
}

/** Names of apps and revisions are letters, digits and dashes: they need no quoting. */
function appsQuery({ services, revision, system, tail }: HistoryRequest): string {
  const apps = Object.keys(services).map((app) => `"${app}"`);
  const columns = {
    App: "ContainerAppName",
    Revision: "RevisionName",
    Text: "Log",
    ...(system ? { Reason: "Reason" } : {}),
  };
  const of = [`App in (${apps.join(", ")})`, ...(revision ? [`Revision == "${revision}"`] : [])];
  return queryOf(system ? "ContainerAppSystemLogs" : "ContainerAppConsoleLogs", columns, of, tail);
}

/**
 * The name of an execution's replica, `ContainerGroupName`, begins with the execution's
 * (learn.microsoft.com/azure/container-apps/jobs-get-started-cli).
 */
function executionQuery({
  execution,
  container,
  tail,
}: {
  execution: string;
  container: string;
  tail: number;
}): string {
  const columns = { Group: "ContainerGroupName", Container: "ContainerName", Text: "Log" };
  const of = [`Group startswith "${execution}"`, `Container == "${container}"`];
  return queryOf("ContainerAppConsoleLogs", columns, of, tail);
}

/**
 * The same table has another name, and its columns have, where the environment writes through Azure Monitor; whichever is
 * missing is passed over.
 * @param columns our names of Azure's columns
 */
function queryOf(table: string, columns: Record<string, string>, of: string[], tail: number): string {
  const either = Object.entries(columns).map(
    ([name, column]) => `${name} = strcat(column_ifexists("${column}_s", ""), column_ifexists("${column}", ""))`,
  );
  return [
    `union isfuzzy=true ${table}_CL, ${table}`,
    `extend ${either.join(", ")}`,
    ...of.map((condition) => `where ${condition}`),
    `top ${tail} by TimeGenerated desc`,
    "order by TimeGenerated asc",
    `project ${["TimeGenerated", ...Object.keys(columns)].join(", ")}`,
  ].join(" | ");
}

function rowsOf(body: unknown): Record<string, string>[] {
  const { tables } = body as { tables: { columns: { name: string }[]; rows: string[][] }[] };
  const [{ columns, rows } = { columns: [], rows: [] }] = tables;
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, String(row[index] ?? "")])));
}

/** A table comes into being with its first line, and a workspace with its environment. */
function isUnwritten(error: unknown): boolean {
  return isAbsent(error) || /Failed to resolve/.test(readAnswer(error).text);
}
