import { setTimeout as sleep } from "node:timers/promises";
import { ContainerAppsAPIClient } from "@azure/arm-appcontainers";
import type { Cloud, Endpoint, ReleaseRequest } from "../cloud.js";
import { deadline } from "../deadline.js";
import type { Platform } from "../environment/environment.js";
import { PaasError } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import { RELEASE_LIMIT } from "../manifest/release.js";
import { isDenied, orNull } from "./failure.js";
import { type ExecutionState, type Jobs, openJobs } from "./jobs.js";
import { workspaceOf } from "./logs.js";
import { PATIENCE, type Patience } from "./patience.js";
import { RELEASE_TAG, releaseJob, releaseJobName } from "./release-job.js";
import { type Execution, openReleaseOutput, type ReleaseOutput } from "./release-output.js";

export type ReleaseSources = {
  arm: Endpoint;
  subscriptionId: string;
  platform: (tier: Tier) => Platform;
  /** For tests; `limit` is how long the end of a command is waited for. */
  patience?: Partial<Patience>;
};

export type Releases = Pick<Cloud, "release"> & {
  /** Removes the jobs that killed runs have left in a resource group. */
  clear(group: string): Promise<void>;
};

/** What pulling the image and starting the container may take on top of the command, in milliseconds. */
const START = 3 * 60_000;

/** First pause between two looks at an execution, in milliseconds; each is a third longer than the one before it. */
const PACE = { first: 1000, longest: 5000 };

/** Longest that a stopped execution may take to end, and how long the last of its output is waited for. */
const STOP_LIMIT = 60_000;
const OUTPUT_LIMIT = 15_000;

/** How long a command is still waited for whose state cannot be read, in milliseconds: it runs all the same. */
const UNREAD_LIMIT = 5 * 60_000;

const LAST_LINES = 20;

type Parts = { jobs: Jobs; output: ReleaseOutput; patience: Patience };

/**
 * Release commands as jobs of Container Apps: one is made for a run and removed after it, however that ends. A job that
 * stayed would be known to nobody, could be started by hand with an old image, and keeps a Container Apps environment
 * of the environment's own from being deleted. What it said stays in the log workspace.
 */
export function openReleases(sources: ReleaseSources): Releases {
  const { arm, subscriptionId, platform } = sources;
  const patience = { ...PATIENCE, limit: RELEASE_LIMIT + START, ...sources.patience };
  const jobs = openJobs(arm, subscriptionId, patience.wait);
  const parts: Parts = { jobs, output: openReleaseOutput(arm, subscriptionId, patience.wait), patience };
  const apps = new ContainerAppsAPIClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  return {
    release: async (request) => {
      const { environment, service, command, signal, onLine } = request;
      const group = environment.resourceGroup;
      const job = releaseJobName(environment, service.name, subscriptionId);
      // A killed run may have left one, and two commands at once are what nobody has written them for.
      await clear(group, job, parts);
      try {
        const app = await orNull(
          `read the container app ${service.appName}`,
          apps.containerApps.get(group, service.appName),
        );
        if (!app) throw appMissing(service.appName);
        await jobs.put(group, job, releaseJob(request, app), signal);
        const name = await jobs.start(group, job, signal);
        const workspaceId = workspaceOf(environment, subscriptionId, platform);
        await run({ group, job, name, container: service.name }, request, workspaceId, parts);
      } catch (error) {
        if (signal.aborted) throw new PaasError("aborted", `stopped \`${command.join(" ")}\``, { cause: error });
        throw error;
      } finally {
        await clear(group, job, parts).catch((error: unknown) => {
          onLine(`the job ${job} of this command is still there, the next run removes it (${wordsOf(error)})`);
        });
      }
    },
    clear: async (group) => {
      const left = (await jobs.list(group)).filter(({ tags }) => RELEASE_TAG in tags);
      for (const { name } of left) await clear(group, name, parts);
    },
  };
}

/** Waits for the end of an execution and relays what it says. */
async function run(execution: Execution, request: ReleaseRequest, workspaceId: string, parts: Parts): Promise<void> {
  const { command, onLine, signal } = request;
  const { output } = parts;
  const lines: string[] = [];
  const tell = (line: string) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    onLine(line);
  };
  const over = new AbortController();
  const relaying = output.relay(execution, tell, over.signal);
  const ended = await endOf(execution, request, parts).finally(() => over.abort());
  await Promise.race([relaying, sleep(OUTPUT_LIMIT, undefined, { ref: false })]);
  if (ended.state === "succeeded") return;
  if (lines.length === 0) {
    request.tell("waiting for its last output");
    for (const line of await output.history(execution, workspaceId, signal)) tell(line);
  }
  const why = await whyOf(ended, execution, parts);
  throw releaseFailed(request, `\`${command.join(" ")}\` ${why}`, lines);
}

type End = { state: Exclude<ExecutionState, "running"> | "late"; elapsed: number };

/**
 * @returns `late` when it does not end in time: it is stopped then with its job
 * @throws what its state could not be read for, when that lasts or is a refusal
 */
async function endOf(
  { group, job, name }: Execution,
  { tell, signal }: ReleaseRequest,
  { jobs, patience }: Parts,
): Promise<End> {
  const started = Date.now();
  let unreadSince: number | null = null;
  for (let pause = PACE.first; ; pause = Math.min(PACE.longest, pause * 1.3)) {
    try {
      const state = await jobs.state(group, job, name);
      unreadSince = null;
      const elapsed = Date.now() - started;
      if (state !== "running") return { state, elapsed };
      if (elapsed > patience.limit) return { state: "late", elapsed };
      tell(`running, ${Math.round(elapsed / 1000)} s`);
    } catch (error) {
      const now = Date.now();
      unreadSince ??= now;
      if (isDenied(error) || now - unreadSince > UNREAD_LIMIT || now - started > patience.limit) throw error;
      tell(`running, as far as is known: ${wordsOf(error)}`);
    }
    await patience.wait(pause, signal);
  }
}

async function whyOf({ state, elapsed }: End, execution: Execution, { output, patience }: Parts): Promise<string> {
  if (state === "late") return `did not end within ${patience.limit / 1000} s`;
  if (state === "stopped") return "was stopped in Azure by somebody else";
  // Azure has one word for both.
  if (elapsed >= RELEASE_LIMIT) return `did not end within ${RELEASE_LIMIT / 1000} s`;
  return (await output.exit(execution)) ?? "failed; Azure does not say with which code";
}

/** Stops what a job runs, waits until that has ended, and removes the job; nothing when there is none. */
async function clear(group: string, job: string, { jobs, patience }: Parts): Promise<void> {
  const running = await jobs.unended(group, job);
  if (running === null) return;
  const end = deadline(STOP_LIMIT);
  for (const name of running) {
    await jobs.stop(group, job, name);
    while ((await jobs.state(group, job, name)) === "running" && !end.aborted) {
      await patience.wait(PACE.first, end).catch(() => {});
    }
  }
  await jobs.delete(group, job);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function releaseFailed({ service }: ReleaseRequest, why: string, lines: string[]): PaasError {
  return new PaasError("release-failed", `the release command of ${service.name} failed: ${why}`, {
    details: lines,
    next: "correct it, commit, and push again; what ran before goes on serving",
  });
}

function appMissing(app: string): PaasError {
  return new PaasError("app-missing", `the container app ${app} is not there any more`, { next: "run again" });
}
