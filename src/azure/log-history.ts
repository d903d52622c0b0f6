import type { TokenCredential } from "@azure/core-auth";
import type { LogLine } from "../cloud.js";
import { type ClientOptions, openHttp } from "./client.js";
import { azureFailure } from "./failure.js";

export type HistoryRequest = {
  /** ARM id of the workspace. */
  workspaceId: string;
  /** Service by name of its container app. */
  services: Record<string, string>;
  revision?: string;
  tail: number;
};

const ENDPOINT = "https://api.loganalytics.io";

/** How far back it looks, as ISO 8601 has it. */
const SPAN = "P7D";

/** What apps said in the last days, oldest first; Azure takes some minutes until it knows. */
export async function readHistory(
  { workspaceId, services, revision, tail }: HistoryRequest,
  credential: TokenCredential,
  options: ClientOptions,
): Promise<LogLine[]> {
  const rows = await ask(workspaceId, queryFor(Object.keys(services), revision, tail), credential, options);
  return rows.map(({ TimeGenerated = "", ContainerAppName_s = "", Log_s = "" }) => ({
    service: services[ContainerAppName_s] ?? ContainerAppName_s,
    time: TimeGenerated,
    text: Log_s,
  }));
}

/**
 * The last lines of an execution of a job, oldest first. The name of its replica, `ContainerGroupName_s`, begins with the
 * execution's (learn.microsoft.com/azure/container-apps/jobs-get-started-cli).
 */
export async function readExecutionHistory(
  asked: { workspaceId: string; execution: string; container: string; tail: number },
  credential: TokenCredential,
  options: ClientOptions,
): Promise<string[]> {
  const query = [
    TABLE,
    `where ContainerGroupName_s startswith "${asked.execution}"`,
    `where ContainerName_s == "${asked.container}"`,
    `top ${asked.tail} by TimeGenerated desc`,
    "order by TimeGenerated asc",
    "project TimeGenerated, Log_s",
  ].join(" | ");
  const rows = await ask(asked.workspaceId, query, credential, options);
  return rows.map(({ Log_s = "" }) => Log_s);
}

const TABLE = "ContainerAppConsoleLogs_CL";

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
function queryFor(apps: string[], revision: string | undefined, tail: number): string {
  return [
    TABLE,
    `where ContainerAppName_s in (${apps.map((app) => `"${app}"`).join(", ")})`,
    ...(revision ? [`where RevisionName_s == "${revision}"`] : []),
    `top ${tail} by TimeGenerated desc`,
    "order by TimeGenerated asc",
    "project TimeGenerated, ContainerAppName_s, Log_s",
  ].join(" | ");
}

function rowsOf(body: unknown): Record<string, string>[] {
  const { tables } = body as { tables: { columns: { name: string }[]; rows: string[][] }[] };
  const [{ columns, rows } = { columns: [], rows: [] }] = tables;
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, String(row[index] ?? "")])));
}

/** The table comes into being with its first line, and a workspace with its environment. */
function isUnwritten(error: unknown): boolean {
  const { statusCode, message = "", code } = error as { statusCode?: number; message?: string; code?: string };
  return statusCode === 404 || code === "BadArgumentError" || /ContainerAppConsoleLogs_CL/.test(message);
}
