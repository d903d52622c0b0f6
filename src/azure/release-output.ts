import type { Endpoint } from "../cloud.js";
import { deadline } from "../deadline.js";
import { EXIT, PaasError } from "../errors.js";
import { type Arm, openArm } from "./arm.js";
import { isAbsent } from "./failure.js";
import { readExecutionHistory } from "./log-history.js";
import { LONGEST_TAIL, outputOf, readStream } from "./log-stream.js";
import type { Patience } from "./patience.js";

/** One execution of a job. */
export type Execution = { group: string; job: string; name: string; container: string };

/** What an execution says, and how it ended. All of it is told beside the work, which goes on when it cannot be read. */
export type ReleaseOutput = {
  /** Relays the lines as they come, until some seconds after `ended`. */
  relay(execution: Execution, onLine: (line: string) => void, ended: AbortSignal): Promise<void>;
  /** The last lines that the log workspace has, once it has any; it is asked for some minutes at most. */
  history(execution: Execution, workspaceId: string, signal: AbortSignal): Promise<string[]>;
  /** How the container ended, `exited with code 3`; null when Azure does not say. */
  exit(execution: Execution): Promise<string | null>;
};

/**
 * No stable version of the API has the replicas of executions and the token of their streams; the containerapp extension
 * of the Azure CLI asks this one (`ContainerAppsJobPreviewClient.LOG_STREAM_API_VERSION`).
 */
const STREAMS = "2023-11-02-preview";

/** `detailedStatus.replicas[].containers[].code` is in `preview/2025-10-02-preview/Jobs.json`, in no stable version yet. */
const EXITS = "2025-10-02-preview";

/** Milliseconds between two looks for a stream, and how long the last lines may take after the end. */
const PACE = 2000;
const LINGER = 5000;

/** Between two questions to the log workspace, and how long it is asked: lines come into it after some minutes. */
const HISTORY_PACE = 10_000;
const HISTORY_LIMIT = 2 * 60_000;

export function openReleaseOutput(arm: Endpoint, subscriptionId: string, wait: Patience["wait"]): ReleaseOutput {
  const calls = openArm(arm);
  const pathOf = ({ group, job }: Execution) =>
    `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.App/jobs/${job}`;
  const token = async (execution: Execution) => {
    const call = { method: "POST" as const, path: `${pathOf(execution)}/getAuthToken`, version: STREAMS };
    return ((await calls.run(call)) as { properties?: { token?: string } }).properties?.token ?? "";
  };
  const read = async function* (execution: Execution, follow: boolean, signal: AbortSignal) {
    for (const endpoint of await endpointsOf(`${pathOf(execution)}/executions/${execution.name}`, calls)) {
      const source = { endpoint, token: () => token(execution), options: arm.options };
      yield* readStream({ ...source, tail: LONGEST_TAIL, follow, signal, entryOf: outputOf });
    }
  };
  return {
    relay: async (execution, onLine, ended) => {
      const over = new AbortController();
      ended.addEventListener("abort", () => setTimeout(() => over.abort(), LINGER).unref(), { once: true });
      let last = "";
      for (let final = false; !final && !over.signal.aborted; ) {
        final = ended.aborted;
        const before = last;
        try {
          for await (const { time, text } of read(execution, !final, over.signal)) {
            // A stream that is opened again begins with what it has said before.
            if (time !== "" && time <= before) continue;
            if (time !== "") last = time;
            onLine(text);
          }
        } catch (error) {
          if (isFinal(error)) break;
        }
        if (!final) await wait(PACE, ended).catch(() => {});
      }
    },
    history: async ({ name, container }, workspaceId, signal) => {
      const end = deadline(HISTORY_LIMIT, signal);
      const asked = { workspaceId, execution: name, container, tail: 20 };
      try {
        for (;;) {
          const lines = await readExecutionHistory(asked, arm.credential, arm.options);
          if (lines.length > 0 || end.aborted) return lines;
          await wait(HISTORY_PACE, end);
        }
      } catch {
        return [];
      }
    },
    exit: async (execution) => {
      const call = calls.get<Detailed>(`${pathOf(execution)}/executions/${execution.name}`, EXITS);
      const { properties } = await call.catch((): Detailed => ({}));
      const containers = (properties?.detailedStatus?.replicas ?? []).flatMap((replica) => replica.containers ?? []);
      const code = containers.find(({ name }) => name === execution.container)?.code;
      return code === undefined ? null : `exited with code ${code}`;
    },
  };
}

type Detailed = {
  properties?: { detailedStatus?: { replicas?: { containers?: { name?: string; code?: number }[] }[] } };
};

/** The streams of an execution's replicas; none before the first one is there. */
async function endpointsOf(execution: string, calls: Arm): Promise<string[]> {
  type Replicas = { value?: { properties?: { containers?: { logStreamEndpoint?: string }[] } }[] };
  const { value = [] } = await calls.get<Replicas>(`${execution}/replicas`, STREAMS);
  const containers = value.flatMap(({ properties }) => properties?.containers ?? []);
  return containers.flatMap(({ logStreamEndpoint }) => logStreamEndpoint ?? []);
}

/** A refusal is one the next time too; what is not there yet, and a connection that broke, are not. */
function isFinal(error: unknown): boolean {
  if (error instanceof PaasError) return error.exit === EXIT.signIn;
  const { statusCode } = error as { statusCode?: number };
  return statusCode !== undefined && statusCode < 500 && !isAbsent(error);
}
