import type { Endpoint, LogLine, LogRequest } from "../cloud.js";
import type { Environment, EnvironmentService, Platform } from "../environment/environment.js";
import type { Tier } from "../manifest/manifest.js";
import type { ClientOptions } from "./client.js";
import { followed } from "./followed.js";
import { readHistory } from "./log-history.js";
import { LONGEST_TAIL, type LogStream, type LogStreams, openLogStreams } from "./log-stream.js";
import { merged } from "./merged.js";

export type LogSources = {
  arm: Endpoint;
  platform: (tier: Tier) => Platform;
  subscriptionId: string;
  options: ClientOptions;
};

/**
 * The output of an environment's services, or what Azure says of them. What runs is asked itself, because it knows at
 * once; what is not running, or longer ago than is remembered there, is asked of the log workspace.
 */
export async function* azureLogs(request: LogRequest, sources: LogSources): AsyncGenerator<LogLine> {
  const { services, environment, revision, system = false, tail, follow, signal } = request;
  const streams = openLogStreams(sources.arm, sources.subscriptionId, sources.options);
  if (follow) {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    try {
      return yield* merged(services.map((service) => followedLines(service, request, streams, until)));
    } finally {
      over.abort();
    }
  }
  const told = await Promise.all(services.map((service) => toldBy(service, request, streams)));
  const lines = told.flatMap((found) => found ?? []);
  const silent = services.filter((_, index) => told[index] === null);
  if (silent.length > 0) {
    const { subscriptionId, platform, arm, options } = sources;
    const workspaceId = workspaceOf(environment, subscriptionId, platform);
    const names = Object.fromEntries(silent.map(({ appName, name }) => [appName, name]));
    const wanted = { workspaceId, services: names, system, tail, ...(revision ? { revision } : {}) };
    lines.push(...(await readHistory(wanted, arm.credential, options)));
  }
  yield* lines.sort((one, other) => one.time.localeCompare(other.time)).slice(-tail);
}

/** What is known where the service runs; null when the log workspace has to be asked. */
async function toldBy(
  { name, appName }: EnvironmentService,
  { environment: { resourceGroup }, revision, system, tail, signal }: LogRequest,
  streams: LogStreams,
): Promise<LogLine[] | null> {
  if (tail > LONGEST_TAIL) return null;
  if (!system) {
    const running = await streams.of(resourceGroup, appName, revision);
    const lines = await Promise.all(running.map((stream) => collected(name, stream, tail, signal)));
    return running.length > 0 ? lines.flat() : null;
  }
  const events = await streams.events(resourceGroup, appName, revision);
  const lines = events ? await collected(name, events, tail, signal) : [];
  // Events are forgotten after an hour, and their stream is there nevertheless.
  return lines.length > 0 ? lines : null;
}

async function collected(service: string, stream: LogStream, tail: number, signal: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const entry of stream.lines(tail, false, signal)) lines.push({ service, ...entry });
  return lines;
}

/** Follows what a service prints, or with `system` what is said of it. */
async function* followedLines(
  { name, appName }: EnvironmentService,
  { environment: { resourceGroup }, system, tail }: LogRequest,
  streams: LogStreams,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const events = async () => {
    const stream = await streams.events(resourceGroup, appName);
    return stream ? [stream] : [];
  };
  const look = system ? events : () => streams.of(resourceGroup, appName);
  for await (const entry of followed(look, tail, signal)) yield { service: name, ...entry };
}

/** ARM id of the workspace that keeps what an environment's services say. */
export function workspaceOf(
  { isolation, resourceGroup, names, tier }: Environment,
  subscriptionId: string,
  platform: (tier: Tier) => Platform,
): string {
  if (isolation === "shared") return platform(tier).logAnalyticsWorkspaceId;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.OperationalInsights/workspaces/${names.logAnalytics}`;
}
