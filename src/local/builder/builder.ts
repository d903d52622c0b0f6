import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { PaasError } from "../../errors.js";
import type { Runtime } from "../../manifest/manifest.js";
import { buildVariables } from "./build-variables.js";
import { imageDigest, publishImage, readImage } from "./image.js";
import { recipeFor, unpinVenv } from "./recipes.js";
import { runStep } from "./run-step.js";
import { startCommand } from "./start-command.js";
import { toolchainOf } from "./toolchain.js";
import { siteIn } from "./web-root.js";

/** Milliseconds that one step of a build may take. */
const LIMIT = 10 * 60_000;

export type BuildImageRequest = {
  /** Name of the service, for messages. */
  name: string;
  runtime: Runtime;
  /** Folder with the committed files of the service; only read. */
  context: string;
  /** sha256 (hex) of those files. */
  contentKey: string;
  /** Folder of all images. */
  images: string;
  /** Folder of the npm and pip caches. */
  cache: string;
  /** Folder of process records, see runtime/process-records.ts. */
  records: string;
  /** Environment that PATH and the network's settings are taken from. */
  variables?: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
  signal: AbortSignal;
};

export type BuiltImage = { /** sha256, hex. */ digest: string; cached: boolean };

/** Builds of the same image follow each other: the second finds it done. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Makes the image of a service with the tools on this machine, or finds it when the same files were built before.
 * @throws PaasError `docker-unavailable`, `tool-missing`, `build-failed`, `aborted`
 */
export async function buildImage(request: BuildImageRequest): Promise<BuiltImage> {
  const { images, name, runtime, contentKey } = request;
  if (runtime === "docker") throw dockerUnavailable(name);
  const variables = buildVariables(request.cache, request.variables ?? process.env);
  const digest = imageDigest(contentKey, runtime, await toolchainOf(runtime, variables));
  const place = path.join(images, digest);
  while (underWay.has(place)) await underWay.get(place)?.catch(() => {});
  if (readImage(images, digest)) return { digest, cached: true };

  const build = buildNow(request, digest, variables).finally(() => underWay.delete(place));
  underWay.set(place, build);
  await build;
  return { digest, cached: false };
}

/** Removes what builds that were killed have left. */
export function removeUnfinishedBuilds(images: string): void {
  fs.rmSync(workFolder(images), { recursive: true, force: true });
}

async function buildNow(request: BuildImageRequest, digest: string, variables: Record<string, string>): Promise<void> {
  const { images, runtime, context, contentKey, name, records, onLine, signal } = request;
  const folder = path.join(workFolder(images), randomBytes(8).toString("hex"));
  const app = path.join(folder, "app");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    await fs.promises.cp(context, app, { recursive: true, verbatimSymlinks: true });
    for (const words of describeRecipe(app, runtime, name)) {
      onLine(`$ ${words.join(" ")}`);
      const step = { words, cwd: app, variables, records, onLine, signal, limit: LIMIT };
      await runStep(step, (why, lines) => buildFailed(name, why, lines));
    }
    unpinVenv(app);
    const command = startCommand(app, runtime);
    if (!command) throw noStartCommand(name, runtime);
    const webRoot = runtime === "static" ? siteIn(app).webRoot : ".";
    if (!fs.existsSync(path.join(app, webRoot))) throw noSite(name, webRoot);
    publishImage(images, digest, folder, {
      schemaVersion: 1,
      runtime,
      command,
      webRoot,
      createdAt: new Date().toISOString(),
      contentKey,
    });
  } finally {
    await fs.promises.rm(folder, { recursive: true, force: true });
  }
}

function describeRecipe(app: string, runtime: Runtime, name: string): string[][] {
  try {
    return recipeFor(app, runtime);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw buildFailed(name, `package.json is no JSON: ${problem}`, [], cause);
  }
}

/** Beside `images/`, so that a finished image is moved and not copied. */
function workFolder(images: string): string {
  return path.join(path.dirname(images), "building");
}

function dockerUnavailable(name: string): PaasError {
  return new PaasError("docker-unavailable", `service ${name} has runtime docker, and the local cloud has no Docker`, {
    details: [
      "the local cloud builds and runs apps with the tools on this machine: node, python, or files as they are",
    ],
    next: "set `runtime: node`, `python` or `static` for it in paas.yaml, or deploy it to Azure",
  });
}

function noStartCommand(name: string, runtime: Runtime): PaasError {
  const [looked, fix] =
    runtime === "node"
      ? [
          "a start script or main in package.json, server.js, index.js",
          'add `"start": "node <file>"` to the scripts of package.json',
        ]
      : ["main.py, app.py", "name the file that starts the app main.py"];
  return new PaasError("build-failed", `nothing says how service ${name} starts`, {
    details: [`looked for ${looked}`],
    next: fix,
  });
}

function noSite(name: string, webRoot: string): PaasError {
  return new PaasError("build-failed", `there is no folder ${webRoot} with the site of ${name}`, {
    details: ["neither in the commit nor made by its build script"],
    next: "correct the folder in its Dockerfile, or the build script that makes it",
  });
}

function buildFailed(name: string, why: string, lines: string[], cause?: unknown): PaasError {
  return new PaasError("build-failed", `the build of ${name} failed: ${why}`, {
    details: lines,
    next: "correct it, commit, and push again; what ran before goes on serving",
    cause,
  });
}
