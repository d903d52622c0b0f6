import { setTimeout as sleep } from "node:timers/promises";
import { version } from "../version.js";
import type { AppStatus, DaemonStatus } from "./api.js";
import { appLogs } from "./app-logs.js";
import { buildImage } from "./builder/builder.js";
import { digestOf, readImage, removeImages } from "./builder/image.js";
import { PromisedImages } from "./builder/promised-images.js";
import type { Services } from "./control.js";
import type { Door } from "./door.js";
import type { LocalFolder } from "./folder.js";
import type { SchemaLibrary } from "./provider/schemas.js";
import { forgetBranch } from "./remote.js";
import type { Runs } from "./runs.js";
import { recordsIn } from "./runtime/process-records.js";
import type { Runtime } from "./runtime/runtime.js";
import type { Secrets } from "./secrets.js";
import type { Store } from "./store.js";

/** The parts of the running local cloud that its own API speaks for. */
export type Served = {
  places: LocalFolder;
  store: Store;
  schemas: SchemaLibrary;
  secrets: Secrets;
  runtime: Runtime;
  runs: Runs;
  door: () => Door;
  gatewayPort: number;
  frontPort: () => number;
  terraformVariables: () => Record<string, string>;
  stop: () => void;
};

const APP = "azurerm_container_app";

export function servicesOf(served: Served): Services {
  const { places, store, schemas, secrets, runtime, runs } = served;
  const promised = new PromisedImages();
  const startedAt = new Date().toISOString();
  const status = async (): Promise<DaemonStatus> => ({
    version,
    pid: process.pid,
    startedAt,
    port: served.frontPort(),
    doorPort: served.door().port,
    gatewayPort: served.gatewayPort,
    apps: await Promise.all(store.list(APP).map(async ({ id }) => ({ id, ...(await appStatus(id, runtime)) }))),
    runs: runs.list(),
    refused: served.door().refused,
  });
  return {
    status,
    stop: served.stop,
    terraform: ({ types, bindings }) => {
      schemas.ensure(types, bindings);
      return served.terraformVariables();
    },
    resourceExists: (id) => store.get(id) !== undefined,
    imageExists: (reference) => readImage(places.images, digestOf(reference) ?? "") !== null,
    app: (id) => appStatus(id, runtime),
    surroundings: (id) => runtime.surroundings(id),
    build: async ({ envId, ...body }, onLine, signal) => {
      const { images, cache, folder } = places;
      const image = await buildImage({ ...body, images, cache, records: recordsIn(folder), onLine, signal });
      promised.note(envId, image.digest);
      return image;
    },
    release: ({ app, ...body }, onLine, signal) => runtime.release({ ...body, appId: app, onLine, signal }),
    logs: (apps, request) => appLogs(apps, request, runtime),
    secrets,
    forget: (envId) => forget(envId, promised, served),
    forgetPushes: (branch) => forgetBranch(places.root, branch),
    run: (request, onLine, signal) => runs.follow(request, onLine, signal),
  };
}

async function appStatus(id: string, runtime: Runtime): Promise<AppStatus> {
  return { ...runtime.status(id), ingressPort: await runtime.ingressPort(id) };
}

/** Longest that the processes of a removed app are waited for, in milliseconds. */
const LEAVE_LIMIT = 30_000;

/** Ends what is left of an environment on this machine. */
async function forget(
  envId: string,
  promised: PromisedImages,
  { secrets, runtime, store, places }: Served,
): Promise<string> {
  secrets.forget(envId);
  await Promise.race([runtime.left(), sleep(LEAVE_LIMIT, undefined, { ref: false })]);
  const removed = removeImages(places.images, new Set([...imagesInUse(store), ...promised.toOthers(envId)]));
  return removed.length === 0 ? "none unused" : `${removed.length} removed`;
}

/** Every digest that a revision of an app names; an image that could serve again is kept. */
function imagesInUse(store: Store): string[] {
  const references = store
    .list(APP)
    .flatMap(({ id }) => store.history(id)?.revisions ?? [])
    .flatMap(({ template }) => (template.container as { image?: string }[] | undefined) ?? [])
    .map(({ image }) => digestOf(image ?? ""));
  return references.filter((digest) => digest !== null);
}
