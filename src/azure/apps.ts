import { setTimeout as sleep } from "node:timers/promises";
import { ContainerAppsAPIClient, type ReplicaContainer } from "@azure/arm-appcontainers";
import type { Endpoint } from "../cloud.js";
import { deadline } from "../deadline.js";
import { PaasError } from "../errors.js";
import type { Container, SecretReference } from "./container.js";
import { azureFailure, orNull } from "./failure.js";
import { openLogStreams } from "./log-stream.js";
import { type RevisionState, revisionState } from "./revision-state.js";

/** What a container app is right now. */
export type App = {
  id: string;
  name: string;
  /** Host name of its ingress; null without one. */
  host: string | null;
  image: string | null;
  latestRevision: string | null;
  readyRevision: string | null;
};

/** Container apps of one subscription. */
export type Apps = {
  find(group: string, name: string): Promise<App | null>;
  /** Sets container and secrets in one PATCH, which makes one new revision. */
  deploy(group: string, name: string, container: Container, secrets: SecretReference[]): Promise<App>;
  revision(group: string, app: string, name: string): Promise<RevisionState>;
  /**
   * What the platform says of a revision: its containers, `web: waiting, CrashLoopBackOff, 3 restarts`, then the last of
   * its system log; empty when nothing.
   */
  explain(group: string, app: string, revision: string): Promise<string[]>;
  /**
   * Makes sure that a revision takes requests, where a later one does not.
   * @returns whether it had to be activated
   */
  keep(group: string, app: string, revision: string): Promise<boolean>;
  /** Waits until a revision is healthy or has failed, at most `limit` ms. */
  settled(group: string, app: string, revision: string, limit: number, signal: AbortSignal): Promise<RevisionState>;
};

/** How many lines of an app's system log are asked for and told, and for how many milliseconds they are waited for. */
const EVENTS = { asked: 100, told: 8, patience: 10_000 };

export function openApps(arm: Endpoint, subscriptionId: string): Apps {
  const client = new ContainerAppsAPIClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  const find = async (group: string, name: string) => {
    const app = await orNull(`read the container app ${name}`, client.containerApps.get(group, name));
    return app ? appOf(app) : null;
  };
  const revision = async (group: string, app: string, name: string): Promise<RevisionState> => {
    const call = client.containerAppsRevisions.getRevision(group, app, name);
    const found = await orNull(`read the revision ${name}`, call);
    return found ? revisionState(name, found) : { name, state: "starting", reason: null };
  };
  const streams = openLogStreams(arm, subscriptionId, arm.options);
  const lastEvents = async (group: string, app: string, name: string) => {
    const lines: string[] = [];
    const stream = await streams.events(group, app, name);
    for await (const { text } of stream?.lines(EVENTS.asked, false, deadline(EVENTS.patience)) ?? []) lines.push(text);
    return [...new Set(lines)].slice(-EVENTS.told);
  };
  return {
    find,
    revision,
    deploy: async (group, name, container, secrets) => {
      try {
        const { location } = await client.containerApps.get(group, name);
        const patched = await client.containerApps.beginUpdateAndWait(
          group,
          name,
          { location, configuration: { secrets }, template: { containers: [container] } },
          { updateIntervalInMs: 200 },
        );
        return appOf(patched);
      } catch (error) {
        throw azureFailure(`deploy to the container app ${name}`, error);
      }
    },
    explain: async (group, app, name) => {
      // Said beside a failure, which this must not hide.
      const [replicas, events] = await Promise.all([
        client.containerAppsRevisionReplicas.listReplicas(group, app, name).catch(() => null),
        Promise.race([lastEvents(group, app, name), sleep(EVENTS.patience, [], { ref: false })]).catch(() => []),
      ]);
      const troubles = (replicas?.value ?? []).flatMap(({ containers = [] }) => containers.flatMap(troubleOf));
      return [...new Set([...troubles, ...events])];
    },
    keep: async (group, app, name) => {
      const found = await orNull(
        `read the revision ${name}`,
        client.containerAppsRevisions.getRevision(group, app, name),
      );
      if (found?.active !== false) return false;
      const activation = client.containerAppsRevisions.activateRevision(group, app, name);
      await orNull(`activate the revision ${name} again`, activation);
      return true;
    },
    settled: async (group, app, name, limit, signal) => {
      const end = Date.now() + limit;
      for (let pause = 100; ; pause = Math.min(pause * 1.3, 2000)) {
        const state = await revision(group, app, name);
        if (state.state !== "starting") return state;
        if (Date.now() > end) return { name, state: "failed", reason: `not healthy after ${limit / 1000} s` };
        await sleep(pause, undefined, { signal }).catch((cause) => {
          throw new PaasError("aborted", `stopped while revision ${name} was starting`, { cause });
        });
      }
    },
  };
}

function appOf(app: Awaited<ReturnType<ContainerAppsAPIClient["containerApps"]["get"]>>): App {
  return {
    id: app.id ?? "",
    name: app.name ?? "",
    host: app.configuration?.ingress?.fqdn ?? null,
    image: app.template?.containers?.[0]?.image ?? null,
    latestRevision: app.latestRevisionName ?? null,
    readyRevision: app.latestReadyRevisionName ?? null,
  };
}

/** Nothing of a container that simply runs. */
function troubleOf({ name, runningState, runningStateDetails, restartCount = 0 }: ReplicaContainer): string[] {
  if (runningState === "Running" && restartCount === 0) return [];
  const said = [runningState?.toLowerCase(), runningStateDetails, restartCount > 0 ? `${restartCount} restarts` : ""];
  return [`${name}: ${said.filter(Boolean).join(", ")}`];
}
