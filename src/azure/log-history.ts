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
  const http = openHttp({ credential, scope: `${ENDPOINT}/.default` }, options);
  const query = queryFor(Object.keys(services), revision, tail);
  try {
    const { body } = await http({
      method: "POST",
      url: `${ENDPOINT}/v1${workspaceId}/query`,
      body: { query, timespan: SPAN },
    });
    return rowsOf(body).map(({ TimeGenerated = "", ContainerAppName_s = "", Log_s = "" }) => ({
      service: services[ContainerAppName_s] ?? ContainerAppName_s,
      time: TimeGenerated,
      text: Log_s,
    }));
  } catch (error) {
    if (isUnwritten(error)) return [];
    throw azureFailure("read the log workspace", error);
  }
}

/** Names of apps and revisions are letters, digits and dashes: they need no quoting. */
function queryFor(apps: string[], revision: string | undefined, tail: number): string {
  return [
    "ContainerAppConsoleLogs_CL",
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
