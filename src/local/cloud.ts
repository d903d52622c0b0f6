import path from "node:path";
import type { Cloud, CloudContext, LogLine, Vault } from "../cloud.js";
import type { Platform } from "../environment/environment.js";
import type { Tier } from "../manifest/manifest.js";
import { LOCAL_SUBSCRIPTION } from "../naming/simulated.js";
import type { AppStatus, BuildAnswer, BuildBody, ReleaseBody, TerraformBody } from "./api.js";
import { localClientOptions } from "./certificate.js";
import type { Connection } from "./connection.js";
import { createRemote } from "./remote.js";
import { runBeside } from "./run-beside.js";
import type { Surroundings } from "./runtime/surroundings.js";
import { tierVault } from "./secrets.js";
import { daemonOfHost, ensureDaemon, runningDaemon } from "./start.js";

/** What the local cloud is told of the project: names are decided elsewhere. */
export type LocalContext = Pick<CloudContext, "root" | "variables" | "note"> & { platform: (tier: Tier) => Platform };

/**
 * The local cloud as a `Cloud`: everything is asked of the checkout's daemon, which is started when it does not run.
 * @param port gateway port to use from now on
 */
export async function openLocalCloud(context: LocalContext, port?: number): Promise<Cloud> {
  const { root, variables, note, platform } = context;
  // A job that the local cloud itself has started, or a rehearsal, must not replace what it runs in.
  if (variables.PAAS_LOCAL_ROOT !== undefined) return localCloud(await daemonOfHost(root), platform);
  const daemon = await ensureDaemon(root, { variables, note, ...(port === undefined ? {} : { port }) });
  await createRemote(root);
  return localCloud(daemon, platform);
}

/** The same for a daemon that runs already; null when none does. */
export async function openRunningLocalCloud({ root, platform }: LocalContext): Promise<Cloud | null> {
  const daemon = await runningDaemon(root);
  return daemon && localCloud(daemon, platform);
}

/** The cloud behind a connection to a running daemon. */
export function localCloud(daemon: Connection, platform: (tier: Tier) => Platform): Cloud {
  const { token, certificate, gatewayPort } = daemon.address;
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const options = localClientOptions(certificate);
  const base = `https://127.0.0.1:${daemon.address.port}`;

  const cloud: Cloud = {
    name: "local",
    label: "local (simulated)",
    simulated: true,
    subscriptionId: LOCAL_SUBSCRIPTION,
    at: () => cloud,
    remote: "local",
    arm: { url: base, credential, options },
    blobs: { url: `${base}/${platform("nonprod").stateAccount}`, credential, options },
    platform: {
      of: platform,
      exists: async (tier) => {
        const { containerAppEnvironmentId } = platform(tier);
        const query = new URLSearchParams({ id: containerAppEnvironmentId });
        return (await daemon.ask<{ exists: boolean }>(`/paas/resource?${query}`)).exists;
      },
      madeByRuns: true,
    },
    terraform: {
      providers: ["registry.terraform.io/hashicorp/azurerm"],
      // Go reads SSL_CERT_FILE, by which Terraform trusts the local cloud, on Linux only (golang/go#77865).
      stateThroughFile: process.platform !== "linux",
      variables: (types, bindings) =>
        daemon.ask<Record<string, string>>("/paas/terraform", { body: { types, bindings } satisfies TerraformBody }),
    },
    build: async ({ service, registryServer, environment, context: folder, contentKey, onLine, signal }) => {
      const { envId } = environment;
      const body: BuildBody = { envId, name: service.name, runtime: service.runtime, context: folder, contentKey };
      const { digest, cached } = await daemon.follow<BuildAnswer>("/paas/builds", onLine, { body, signal });
      const reference = `${registryServer}/${environment.project.name}/${service.name}@sha256:${digest}`;
      return { reference, digest: `sha256:${digest}`, cached };
    },
    hasImage: async (reference) => {
      const query = new URLSearchParams({ reference });
      return (await daemon.ask<{ exists: boolean }>(`/paas/image?${query}`)).exists;
    },
    release: async ({ environment, service, image, command, env, onLine, signal }) => {
      const body: ReleaseBody = {
        app: appId(environment.resourceGroup, service.appName),
        digest: image.digest,
        command,
        env,
      };
      await daemon.follow("/paas/releases", onLine, { body, signal });
    },
    // The daemon ends a command with the run that asked for it.
    clearReleases: async () => {},
    logs: ({ environment, services, revision, system = false, tail, follow, signal }) => {
      const query = new URLSearchParams({ tail: String(tail), follow: String(follow), system: String(system) });
      if (revision) query.set("revision", revision);
      for (const { name, appName } of services)
        query.append("app", `${name}=${appId(environment.resourceGroup, appName)}`);
      return logLines(daemon, query, signal);
    },
    exec: async ({ environment, service, command, signal }) => {
      const query = new URLSearchParams({ id: appId(environment.resourceGroup, service.appName) });
      return runBeside(await daemon.ask<Surroundings>(`/paas/surroundings?${query}`), command, signal);
    },
    vault: {
      of: ({ envId }) => vaultAt(envId, daemon),
      readable: async () => true,
      defaults: (tier) => vaultAt(tierVault(tier), daemon),
      copyDefaults: async ({ envId, tier }, names) => {
        const body = { from: tierVault(tier), names };
        return (await daemon.ask<{ copied: string[] }>(`/paas/secret-copies/${envId}`, { body })).copied;
      },
    },
    forget: async (envId) => (await daemon.ask<{ detail: string }>(`/paas/forget/${envId}`, { method: "POST" })).detail,
    // An image of this machine goes with the last environment that has it.
    keepImages: async () => {},
    forgetPushes: async (branch) => {
      await daemon.ask("/paas/forget-pushes", { body: { branch } });
    },
    url: (host) => `http://${host}:${gatewayPort}`,
    serviceAddress: async (environment, service) => {
      const query = new URLSearchParams({ id: appId(environment.resourceGroup, service.appName) });
      const { ingressPort } = await daemon.ask<AppStatus>(`/paas/app?${query}`);
      return `http://127.0.0.1:${ingressPort}`;
    },
    close: async () => {},
  };
  return cloud;
}

function vaultAt(name: string, daemon: Connection): Vault {
  return {
    versions: () => daemon.ask<Record<string, string>>(`/paas/secrets/${name}`),
    set: async (secret, value) => {
      await daemon.ask(`/paas/secrets/${name}`, { body: { name: secret, value } });
    },
    remove: async (secret) => {
      const query = new URLSearchParams({ name: secret });
      const call = daemon.ask<{ removed: boolean }>(`/paas/secrets/${name}?${query}`, { method: "DELETE" });
      return (await call).removed;
    },
  };
}

function appId(group: string, name: string): string {
  return path.posix.join(
    `/subscriptions/${LOCAL_SUBSCRIPTION}/resourceGroups/${group}`,
    `providers/Microsoft.App/containerApps/${name}`,
  );
}

async function* logLines(daemon: Connection, query: URLSearchParams, signal: AbortSignal): AsyncGenerator<LogLine> {
  const waiting: LogLine[] = [];
  let wake = () => {};
  let ended = false;
  const reading = daemon
    .follow(
      `/paas/logs?${query}`,
      (line) => {
        waiting.push(JSON.parse(line) as LogLine);
        wake();
      },
      { signal },
    )
    .finally(() => {
      ended = true;
      wake();
    });
  reading.catch(() => {});
  while (!ended || waiting.length > 0) {
    const line = waiting.shift();
    if (line) yield line;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended) resolve();
      });
  }
  if (!signal.aborted) await reading;
}
