import { createHash } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { publishImage } from "../../../src/local/builder/image.js";
import { statOf } from "../../../src/local/runtime/proc.js";
import { type Runtime, startRuntime } from "../../../src/local/runtime/runtime.js";
import { type Resource, Store } from "../../../src/local/store.js";

export const PLACEHOLDER = "mcr.microsoft.com/k8se/quickstart:latest";

export type Deployment = {
  /** Text of `server.mjs`, which is started with node; or the image reference. */
  script?: string;
  image?: string;
  env?: Record<string, string>;
  secrets?: Record<string, string>;
  health?: string;
  /** Seconds. */
  startup?: number;
  /** Seconds between two questions to a healthy app, and until an answer is too late. */
  liveness?: number;
};

export type OpenRuntime = {
  folder: string;
  store: Store;
  runtime: Runtime;
  events: string[];
  /** Sets what an app is to run, as a PATCH of Azure's API does; gives its id. */
  deploy(name: string, deployment: Deployment): string;
  remove(name: string): void;
  logTexts(name: string): Promise<string[]>;
  /** Ends the runtime and starts another one over the same store, from disk. */
  restart(): Promise<Runtime>;
  close(): Promise<void>;
};

export function appId(name: string): string {
  return `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-test/providers/Microsoft.App/containerApps/${name}`;
}

/** A runtime over a store of its own; secrets are looked up by the last part of their vault id. */
export async function openRuntime(vault: Record<string, string> = {}): Promise<OpenRuntime> {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "paas-runtime-"));
  const events: string[] = [];
  const start = (store: Store) =>
    startRuntime({
      ...placesIn(folder),
      store,
      secretValue: (_app, { keyVaultSecretId }) => vault[keyVaultSecretId?.split("/").at(-1) ?? ""],
      onEvent: ({ text }) => events.push(text),
    });
  const store = Store.open(folder);
  const open: OpenRuntime = {
    folder,
    store,
    runtime: await start(store),
    events,
    deploy: (name, deployment) => {
      open.store.put(appResource(folder, name, deployment));
      return appId(name);
    },
    remove: (name) => open.store.delete(appId(name)),
    logTexts: async (name) => {
      const request = { tail: 1000, follow: false, signal: AbortSignal.timeout(5000) };
      const texts: string[] = [];
      for await (const { text } of open.runtime.logs(appId(name), request)) texts.push(text);
      return texts;
    },
    restart: async () => {
      await open.runtime.close();
      open.store = Store.open(folder);
      open.runtime = await start(open.store);
      return open.runtime;
    },
    close: async () => {
      await open.runtime.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  return open;
}

export function placesIn(folder: string): { images: string; logs: string; folder: string } {
  return {
    images: path.join(folder, "images"),
    logs: path.join(folder, "logs"),
    folder: path.join(folder, "runtime"),
  };
}

export function appResource(folder: string, name: string, deployment: Deployment): Resource {
  const { script, env = {}, secrets = {}, health = "/", startup = 10, liveness } = deployment;
  const image = deployment.image ?? (script === undefined ? PLACEHOLDER : nodeImage(folder, { "server.mjs": script }));
  const probe = { port: 8080, transport: "HTTP", path: health, timeout: 2, initial_delay: 0 };
  const container = {
    name: "web",
    image,
    cpu: 0.25,
    memory: "0.5Gi",
    env: [
      ...Object.entries(env).map(([key, value]) => ({ name: key, value, secret_name: null })),
      ...Object.keys(secrets).map((key) => ({ name: key, value: null, secret_name: key.toLowerCase() })),
    ],
    ...(image === PLACEHOLDER
      ? {}
      : { startup_probe: [{ ...probe, interval_seconds: startup / 10, failure_count_threshold: 10 }] }),
    ...(liveness === undefined
      ? {}
      : { liveness_probe: [{ ...probe, interval_seconds: liveness, timeout: liveness, failure_count_threshold: 3 }] }),
  };
  const secret = Object.entries(secrets).map(([key, id]) => ({ name: key.toLowerCase(), key_vault_secret_id: id }));
  const attributes = { name, template: [{ min_replicas: 0, container: [container] }], secret };
  return { id: appId(name), type: "azurerm_container_app", attributes };
}

/** Makes an image of files without building anything; gives its reference. */
export function nodeImage(folder: string, files: Record<string, string>): string {
  const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const work = fs.mkdtempSync(path.join(folder, "image-"));
  writeFiles(path.join(work, "app"), files);
  publishImage(placesIn(folder).images, digest, work, {
    schemaVersion: 1,
    runtime: "node",
    command: ["node", "server.mjs"],
    webRoot: ".",
    createdAt: "2026-01-01T00:00:00.000Z",
    contentKey: digest,
  });
  fs.rmSync(work, { recursive: true, force: true });
  return `cr.azurecr.io/test/web@sha256:${digest}`;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

/** A server that answers every request with `text`. */
export function serverSaying(text: string): string {
  return `import http from "node:http";
http.createServer((request, response) => response.end(${JSON.stringify(text)})).listen(process.env.PORT, process.env.HOST);
`;
}

export type Reply = { status: number; headers: http.IncomingHttpHeaders; text: string };

/** One request on a connection of its own. */
export function get(port: number, url = "/", headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path: url, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.once("error", reject);
  });
}

/** Waits until something holds; fails loudly when it never does. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, limit = 45_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** True when a process runs; one that has ended and that nobody has asked for its exit code yet does not. */
export function isRunning(pid: number | null): boolean {
  if (pid === null || statOf(pid)?.zombie) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
