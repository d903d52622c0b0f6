import path from "node:path";
import { PaasError } from "../../errors.js";
import { removeUnfinishedBuilds } from "../builder/builder.js";
import type { Route } from "../gateway/forward.js";
import type { Ingress } from "../gateway/ingress.js";
import { startIngress } from "../gateway/ingress.js";
import type { Resource, Revision, Store } from "../store.js";
import { App, type AppStatus, type AppSurroundings } from "./app.js";
import { type EnvEntry, secretsOf } from "./container.js";
import type { LogEntry, Wanted } from "./logbook.js";
import { endOrphans } from "./orphans.js";
import { recordsIn } from "./process-records.js";
import { runRelease } from "./release.js";
import { resolveEnv } from "./secrets.js";
import { type Surroundings, surroundingsOf } from "./surroundings.js";

const TYPE = "azurerm_container_app";

export type RuntimeOptions = {
  store: Store;
  /** Folder of all images. */
  images: string;
  /** Folder of all logs. */
  logs: string;
  /** Folder of its own: homes of the apps and records of their processes. */
  folder: string;
  /** Value of a secret that a container app refers to; undefined when its vault has none. */
  secretValue: AppSurroundings["secretValue"];
  onEvent?: AppSurroundings["onEvent"];
};

export type ReleaseRequest = {
  appId: string;
  /** Digest of the new image, with or without `sha256:`. */
  digest: string;
  /** Words, never a shell line. */
  command: string[];
  env: EnvEntry[];
  onLine: (line: string) => void;
  signal: AbortSignal;
};

export type LogRequest = {
  tail: number;
  follow: boolean;
  signal: AbortSignal;
  /** All entries unless told. */
  wanted?: Wanted;
};

/** What runs the container apps of the store on this machine. */
export type Runtime = {
  /** The newest revision of an app. */
  revision(appId: string): Revision | undefined;
  status(appId: string): AppStatus;
  /** How requests to an app are answered now. */
  route(appId: string): Route | undefined;
  /** Loopback port that always leads to the app; waits until it listens. 0 for an app that is not there. */
  ingressPort(appId: string): Promise<number>;
  logs(appId: string, request: LogRequest): AsyncIterable<LogEntry>;
  /**
   * Where the process of an app runs, and its whole environment, secrets included: for a command beside it.
   * @throws PaasError `no-console` when it has no process
   */
  surroundings(appId: string): Surroundings;
  /**
   * Runs a command in a new image, with the environment that the app will have, before traffic moves to it.
   * @throws PaasError `release-failed` with the last lines, `secret-missing`, `image-not-found`, `aborted`
   */
  release(request: ReleaseRequest): Promise<void>;
  /** Settles when the processes of all removed apps have ended. */
  left(): Promise<void>;
  /** Settles when nothing is being started or ended. */
  idle(): Promise<void>;
  /** Ends every process; the store stays as it is. */
  close(): Promise<void>;
};

type Running = { app: App; ingress: Promise<Ingress> };

/**
 * Starts what ran before, and follows the store from then on. Ends first what a killed daemon has left running.
 * Returns when the apps are starting, not when they are healthy: see `idle`.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { store, images, logs, folder, secretValue, onEvent = () => {} } = options;
  const surroundings: AppSurroundings = {
    store,
    images,
    logs,
    homes: path.join(folder, "homes"),
    records: recordsIn(folder),
    secretValue,
    onEvent,
  };
  const running = new Map<string, Running>();
  const leaving = new Map<string, Promise<unknown>>();

  const orphans = await endOrphans(surroundings.records, path.dirname(images));
  if (orphans > 0) onEvent({ app: "", text: `ended ${orphans} process groups of an earlier local cloud` });
  removeUnfinishedBuilds(images);

  const add = (resource: Resource): App => {
    const app = new App(resource, surroundings, leaving.get(key(resource.id)) ?? Promise.resolve());
    const ingress = startIngress({
      name: `${images} ${key(resource.id)}`,
      port: store.history(resource.id)?.ingressPort || null,
      route: () => app.route(),
      onError: (text) => onEvent({ app: app.name, text }),
    });
    running.set(key(resource.id), { app, ingress });
    ingress.then(
      ({ port }) => running.get(key(resource.id))?.app === app && keepIngressPort(store, resource.id, port),
      (error) => onEvent({ app: app.name, text: `has no ingress: ${error}` }),
    );
    return app;
  };
  const remove = (resource: Resource) => {
    const gone = running.get(key(resource.id));
    if (!gone) return;
    running.delete(key(resource.id));
    const left = Promise.all([gone.app.remove(), gone.ingress.then((ingress) => ingress.close())]);
    leaving.set(key(resource.id), left);
    void left.finally(() => leaving.get(key(resource.id)) === left && leaving.delete(key(resource.id)));
  };
  const follow = (resource: Resource) => (running.get(key(resource.id))?.app ?? add(resource)).follow(resource);

  for (const resource of store.list(TYPE)) add(resource).restore();
  const unsubscribe = store.onChange(({ kind, resource }) => {
    if (resource.type !== TYPE) return;
    if (kind === "put") follow(resource);
    else remove(resource);
  });
  const apps = () => [...running.values()];

  return {
    revision: (appId) => store.history(appId)?.revisions[0],
    status: (appId) => running.get(key(appId))?.app.status() ?? NO_APP,
    route: (appId) => running.get(key(appId))?.app.route(),
    ingressPort: async (appId) => (await running.get(key(appId))?.ingress)?.port ?? 0,
    logs: (appId, { tail, follow: on, signal, wanted }) =>
      running.get(key(appId))?.app.log.read(tail, on, signal, wanted) ?? nothing(),
    surroundings: (appId) => surroundingsOf(running.get(key(appId))?.app),
    release: async ({ appId, env, ...request }) => {
      const resource = store.get(appId);
      if (!resource) throw new PaasError("no-such-app", `there is no container app ${appId}`);
      const app = String(resource.attributes.name);
      const variables = resolveEnv(env, secretsOf(resource.attributes), (secret) => secretValue(resource, secret));
      await runRelease({ ...request, app, images, folder, env: variables });
    },
    left: async () => {
      await Promise.all(leaving.values());
    },
    idle: async () => {
      await Promise.all([
        ...apps().map(({ app }) => app.idle()),
        ...apps().map(({ ingress }) => ingress),
        ...leaving.values(),
      ]);
    },
    close: async () => {
      unsubscribe();
      await Promise.all(apps().map(async ({ ingress }) => (await ingress).close()));
      await Promise.all([...apps().map(({ app }) => app.close()), ...leaving.values()]);
      running.clear();
    },
  };
}

const NO_APP: AppStatus = { state: "stopped", revision: null, restarts: 0, since: null, pid: null, port: null };

function keepIngressPort(store: Store, appId: string, ingressPort: number): void {
  const history = store.history(appId);
  if (!store.get(appId) || history?.ingressPort === ingressPort) return;
  store.saveHistory(appId, { revisions: [], ...history, ingressPort });
}

async function* nothing(): AsyncGenerator<never> {}

/** Ids are compared as Azure does. */
function key(appId: string): string {
  return appId.toLowerCase();
}
