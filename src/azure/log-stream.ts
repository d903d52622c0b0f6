import type { Readable } from "node:stream";
import { ContainerAppsAPIClient } from "@azure/arm-appcontainers";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  decompressResponsePolicyName,
} from "@azure/core-rest-pipeline";
import type { Endpoint } from "../cloud.js";
import { deadline } from "../deadline.js";
import { PaasError } from "../errors.js";
import type { ClientOptions } from "./client.js";
import { azureFailure, isAbsent } from "./failure.js";

/** The output of one container, while its replica lives. */
export type LogStream = {
  id: string;
  lines(tail: number, follow: boolean, signal: AbortSignal): AsyncIterable<LogEntry>;
};
export type LogEntry = { time: string; text: string };

/** Milliseconds until a stream must have begun, and until one that is not followed must have ended after that. */
const PATIENCE = 30_000;

/** How many past lines Azure gives with a stream at most. */
export const LONGEST_TAIL = 300;

export type LogStreams = {
  /** Streams of the replicas that a container app has right now; none when it is scaled to zero. */
  of(group: string, app: string, revision?: string): Promise<LogStream[]>;
  /** What Container Apps says of an app, about the last hour; null where Azure tells no place for it. */
  events(group: string, app: string, revision?: string): Promise<LogStream | null>;
};

export function openLogStreams(arm: Endpoint, subscriptionId: string, options: ClientOptions): LogStreams {
  const client = new ContainerAppsAPIClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  const token = async (group: string, app: string) => {
    const answer = await client.containerApps.getAuthToken(group, app).catch((error: unknown) => {
      throw azureFailure(`read the output of the container app ${app}`, error);
    });
    return answer.token ?? "";
  };
  const revisionOf = async (group: string, app: string) => {
    const { latestReadyRevisionName, latestRevisionName } = await client.containerApps.get(group, app);
    return latestReadyRevisionName ?? latestRevisionName;
  };
  const stream = (id: string, endpoint: string, group: string, app: string, entryOf: EntryOf): LogStream => ({
    id,
    lines: (tail, follow, signal) =>
      readStream({ endpoint, tail, follow, signal, token: () => token(group, app), options, entryOf }),
  });
  const containersOf = async (group: string, app: string, revision?: string) => {
    const name = revision ?? (await revisionOf(group, app));
    if (!name) return [];
    const { value } = await client.containerAppsRevisionReplicas.listReplicas(group, app, name);
    return value.flatMap(({ name: replica = "", containers = [] }) =>
      containers.flatMap(({ name: container = "", logStreamEndpoint: endpoint }) =>
        endpoint ? [{ id: `${replica}/${container}`, endpoint }] : [],
      ),
    );
  };
  return {
    of: async (group, app, revision) => {
      try {
        const containers = await containersOf(group, app, revision);
        return containers.map(({ id, endpoint }) => stream(id, endpoint, group, app, outputOf));
      } catch (error) {
        if (isAbsent(error)) return [];
        throw azureFailure(`read the output of the container app ${app}`, error);
      }
    },
    events: async (group, app, revision) => {
      try {
        const { eventStreamEndpoint } = await client.containerApps.get(group, app);
        // Apps that were made long ago do not tell it.
        const [beside] = eventStreamEndpoint ? [] : await containersOf(group, app, revision);
        const endpoint = eventStreamEndpoint ?? beside?.endpoint.replace(/\/revisions\/.*$/, "/eventstream");
        return endpoint ? stream(app, endpoint, group, app, (line) => eventOf(line, revision)) : null;
      } catch (error) {
        if (isAbsent(error)) return null;
        throw azureFailure(`read what Azure says of the container app ${app}`, error);
      }
    },
  };
}

/** One line of a stream; null for one that is about something else. */
type EntryOf = (line: string) => LogEntry | null;

type Reading = {
  endpoint: string;
  tail: number;
  follow: boolean;
  signal: AbortSignal;
  token(): Promise<string>;
  options: ClientOptions;
  entryOf: EntryOf;
  /** For tests. */
  patience?: number;
};

/**
 * Reads a stream, to its end or until told. For who follows it, a connection that breaks is an end like any other.
 * @throws PaasError `azure-slow` for one that is not followed and does not end
 */
export async function* readStream({
  endpoint,
  tail,
  follow,
  signal,
  token,
  options,
  entryOf,
  patience = PATIENCE,
}: Reading): AsyncGenerator<LogEntry> {
  const url = new URL(endpoint);
  const wanted = { follow: String(follow), tailLines: String(Math.min(tail, LONGEST_TAIL)), output: "json" };
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
  const request = createPipelineRequest({
    url: url.href,
    headers: createHttpHeaders({ authorization: `Bearer ${await token()}` }),
    streamResponseStatusCodes: new Set([200]),
    timeout: patience,
  });
  const pipeline = createPipelineFromOptions(options);
  // Packed lines come in heaps, and late.
  pipeline.removePolicy({ name: decompressResponsePolicyName });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request).catch((error: unknown) => {
    throw azureFailure("follow the output", error);
  });
  if (response.status !== 200 || !response.readableStreamBody) {
    throw azureFailure("follow the output", { statusCode: response.status, message: response.bodyAsText ?? "" });
  }
  const end = follow ? signal : deadline(patience, signal);
  try {
    for await (const line of linesOf(response.readableStreamBody as Readable, end)) {
      const entry = entryOf(line);
      if (entry) yield entry;
    }
  } catch (error) {
    if (follow) return;
    throw end.aborted && !signal.aborted ? endless(patience) : azureFailure("read the output", error);
  }
}

function endless(patience: number): PaasError {
  return new PaasError("azure-slow", `the output did not end within ${patience / 1000} s`, {
    next: "repeat it, or follow the output with `paas logs -f`",
  });
}

/** Ends with the stream, or when told; the pipeline's own way to abort fails where nobody can catch it. */
async function* linesOf(body: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const stop = () => body.destroy();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  let rest = "";
  try {
    for await (const chunk of body) {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield line;
    }
    if (rest !== "") yield rest;
  } finally {
    signal.removeEventListener("abort", stop);
    body.destroy();
  }
}

/** `{"TimeStamp": "…", "Log": "…"}`; what the service itself says between is a line of its own. */
export function outputOf(line: string): LogEntry {
  const { TimeStamp: time, Log: text } = fieldsOf(line);
  return { time: time ?? "", text: text ?? line };
}

/** `{"TimeStamp", "Type", "ContainerAppName", "RevisionName", "Msg", "Reason", "Count"}`; of no app is what the stream says of itself. */
function eventOf(line: string, revision: string | undefined): LogEntry | null {
  const { TimeStamp = "", ContainerAppName, RevisionName, Reason, Msg, Count } = fieldsOf(line);
  if (!ContainerAppName || (revision !== undefined && RevisionName !== revision)) return null;
  const times = Number(Count) > 1 ? ` (${Count} times)` : "";
  // `2025-08-26 17:42:19.4145161 +0000 UTC`
  const time = TimeStamp.replace(/^(\S+) (\S+) \+0000 UTC$/, "$1T$2Z");
  return { time, text: `${[Reason, Msg].filter(Boolean).join(": ")}${times}` };
}

function fieldsOf(line: string): Record<string, string | undefined> {
  try {
    return (JSON.parse(line) ?? {}) as Record<string, string | undefined>;
  } catch {
    return {};
  }
}
