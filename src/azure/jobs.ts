import { ContainerAppsAPIClient, type Job } from "@azure/arm-appcontainers";
import type { Endpoint } from "../cloud.js";
import { deadline } from "../deadline.js";
import { PaasError } from "../errors.js";
import { azureFailure, orNull } from "./failure.js";
import type { Patience } from "./patience.js";

/** How an execution of a job stands. */
export type ExecutionState = "running" | "succeeded" | "failed" | "stopped";

/** Container Apps jobs of one subscription. */
export type Jobs = {
  /** Makes a job, or makes it what is described. */
  put(group: string, name: string, job: Job, signal: AbortSignal): Promise<void>;
  /** @returns name of the execution; where it is not sure that a start has come to nothing, it is not repeated */
  start(group: string, name: string, signal: AbortSignal): Promise<string>;
  state(group: string, name: string, execution: string): Promise<ExecutionState>;
  /** Names of the executions that have not ended; null when there is no such job. */
  unended(group: string, name: string): Promise<string[] | null>;
  stop(group: string, name: string, execution: string): Promise<void>;
  delete(group: string, name: string): Promise<void>;
  /** The jobs of a resource group; none when there is no such group. */
  list(group: string): Promise<{ name: string; tags: Record<string, string> }[]>;
};

/** Longest that Azure may take to make, start, stop or delete a job, in milliseconds: each is a matter of seconds. */
const LIMIT = 5 * 60_000;

const PACE = { updateIntervalInMs: 500 };

/** How often an execution is looked for whose start was not answered, and milliseconds between two looks. */
const LOOKS = { most: 5, pause: 2000 };

/** Bound to `2025-07-01`, the SDK's version; REST: `Microsoft.App/ContainerApps/stable/2025-07-01/Jobs.json`. */
export function openJobs(arm: Endpoint, subscriptionId: string, wait: Patience["wait"]): Jobs {
  const settings = { endpoint: arm.url, ...arm.options };
  const client = new ContainerAppsAPIClient(arm.credential, subscriptionId, settings);
  // A start that is repeated after a lost connection is a second execution: the SDK must not do that by itself.
  const once = new ContainerAppsAPIClient(arm.credential, subscriptionId, {
    ...settings,
    retryOptions: { maxRetries: 0 },
  });
  const bounded = (...signals: AbortSignal[]) => ({ ...PACE, abortSignal: deadline(LIMIT, ...signals) });
  const executions = async (group: string, name: string): Promise<Execution[]> => {
    const found: Execution[] = [];
    for await (const { name: execution = "", status } of client.jobsExecutions.list(group, name)) {
      found.push({ name: execution, state: stateOf(status) });
    }
    return found;
  };
  return {
    put: async (group, name, job, signal) => {
      try {
        await client.jobs.beginCreateOrUpdateAndWait(group, name, job, bounded(signal));
      } catch (error) {
        throw azureFailure(`make the job ${name}`, error);
      }
    },
    start: async (group, name, signal) => {
      const begin = async () => (await once.jobs.beginStartAndWait(group, name, bounded(signal))).name;
      // One that was started this moment need not be listed yet.
      const begun = async () => {
        for (let look = 1; ; look++) {
          const execution = (await executions(group, name))[0]?.name;
          if (execution !== undefined || look === LOOKS.most) return execution;
          await wait(LOOKS.pause, signal);
        }
      };
      try {
        const execution = await begin().catch(async (error: unknown) => {
          if (signal.aborted || isRefusal(error)) throw error;
          return (await begun()) ?? (await begin());
        });
        return execution ?? (await begun()) ?? unnamed(name);
      } catch (error) {
        throw azureFailure(`start the job ${name}`, error);
      }
    },
    state: async (group, name, execution) => {
      const call = client.jobExecution(group, name, execution);
      // One that was started this moment need not be known everywhere yet.
      return stateOf((await orNull(`read the execution ${execution}`, call))?.status);
    },
    unended: async (group, name) => {
      const found = await orNull(`list the executions of the job ${name}`, executions(group, name));
      return found?.filter(({ state }) => state === "running").map(({ name: execution }) => execution) ?? null;
    },
    stop: async (group, name, execution) => {
      const call = client.jobs.beginStopExecutionAndWait(group, name, execution, bounded());
      await orNull(`stop the execution ${execution}`, call);
    },
    delete: async (group, name) => {
      await orNull(`delete the job ${name}`, client.jobs.beginDeleteAndWait(group, name, bounded()));
    },
    list: async (group) => {
      const listed = async () => {
        const jobs: { name: string; tags: Record<string, string> }[] = [];
        for await (const { name = "", tags = {} } of client.jobs.listByResourceGroup(group)) jobs.push({ name, tags });
        return jobs;
      };
      return (await orNull(`list the jobs of ${group}`, listed())) ?? [];
    },
  };
}

type Execution = { name: string; state: ExecutionState };

/** `Processing`, `Degraded` and `Unknown` are no ends; who waits for one has a bound (REST: `JobExecutionRunningState`). */
function stateOf(status: string | undefined): ExecutionState {
  const ends: Record<string, ExecutionState> = { Succeeded: "succeeded", Failed: "failed", Stopped: "stopped" };
  return ends[status ?? ""] ?? "running";
}

/** Azure has answered and has not done it; what fails otherwise may have been done. */
function isRefusal(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number };
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

function unnamed(name: string): never {
  throw new PaasError("azure-failed", `Azure has started the job ${name} and names no execution of it`, {
    next: "run again",
  });
}
