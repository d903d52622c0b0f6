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
import type { ClientOptions } from "./client.js";
import { azureFailure, isAbsent } from "./failure.js";

/** The output of one container, while its replica lives. */
export type LogStream = {
  id: string;
  lines(tail: number, follow: boolean, signal: AbortSignal): AsyncIterable<LogEntry>;
};
export type LogEntry = { time: string; text: string };

/** How many past lines Azure gives with a stream at most. */
export const LONGEST_TAIL = 300;

/** Streams of the replicas that a container app has right now; none when it is scaled to zero. */
export type LogStreams = { of(group: string, app: string, revision?: string): Promise<LogStream[]> };

export function openLogStreams(arm: Endpoint, subscriptionId: string, options: ClientOptions): LogStreams {
  const client = new ContainerAppsAPIClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  const token = async (group: string, app: string) => (await client.containerApps.getAuthToken(group, app)).token ?? "";
  const revisionOf = async (group: string, app: string) => {
    const { latestReadyRevisionName, latestRevisionName } = await client.containerApps.get(group, app);
    return latestReadyRevisionName ?? latestRevisionName;
  };
  return {
    of: async (group, app, revision) => {
      try {
        const name = revision ?? (await revisionOf(group, app));
        if (!name) return [];
        const { value } = await client.containerAppsRevisionReplicas.listReplicas(group, app, name);
        return value.flatMap(({ name: replica = "", containers = [] }) =>
          containers.flatMap(({ name: container = "", logStreamEndpoint: endpoint }) =>
            endpoint
              ? [
                  {
                    id: `${replica}/${container}`,
                    lines: (tail: number, follow: boolean, signal: AbortSignal) =>
                      readStream({ endpoint, tail, follow, signal, token: () => token(group, app), options }),
                  },
                ]
              : [],
          ),
        );
      } catch (error) {
        if (isAbsent(error)) return [];
        throw azureFailure(`read the output of the container app ${app}`, error);
      }
    },
  };
}

type Reading = {
  endpoint: string;
  tail: number;
  follow: boolean;
  signal: AbortSignal;
  token(): Promise<string>;
  options: ClientOptions;
};

/** Reads a stream, to its end or until told. */
export async function* readStream({
  endpoint,
  tail,
  follow,
  signal,
  token,
  options,
}: Reading): AsyncGenerator<LogEntry> {
  const url = new URL(endpoint);
  const wanted = { follow: String(follow), tailLines: String(Math.min(tail, LONGEST_TAIL)), output: "json" };
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
  const request = createPipelineRequest({
    url: url.href,
    headers: createHttpHeaders({ authorization: `Bearer ${await token()}` }),
    streamResponseStatusCodes: new Set([200]),
  });
  const pipeline = createPipelineFromOptions(options);
  // Packed lines come in heaps, and late.
  pipeline.removePolicy({ name: decompressResponsePolicyName });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  if (response.status !== 200 || !response.readableStreamBody) {
    throw azureFailure("follow the output", { statusCode: response.status, message: response.bodyAsText ?? "" });
  }
  yield* entriesOf(response.readableStreamBody as Readable, signal);
}

/** Ends with the stream, or when told; the pipeline's own way to abort fails where nobody can catch it. */
async function* entriesOf(body: Readable, signal: AbortSignal): AsyncGenerator<LogEntry> {
  const stop = () => body.destroy();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  let rest = "";
  try {
    for await (const chunk of body) {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield entryOf(line);
    }
    if (rest !== "") yield entryOf(rest);
  } finally {
    signal.removeEventListener("abort", stop);
    body.destroy();
  }
}

/** `{"TimeStamp": "…", "Log": "…"}`; what the service itself says between is a line of its own. */
function entryOf(line: string): LogEntry {
  try {
    const { TimeStamp: time, Log: text } = JSON.parse(line) as { TimeStamp?: string; Log?: string };
    return { time: time ?? "", text: text ?? line };
  } catch {
    return { time: "", text: line };
  }
}
