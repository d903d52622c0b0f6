import fs from "node:fs";
import path from "node:path";
import type { LocalImage } from "../builder/image.js";
import { VENV } from "../builder/recipes.js";
import type { Logbook } from "./logbook.js";
import { type Exit, startGroup } from "./process-group.js";
import { serveStatic } from "./static-site.js";
import { makeWorkplace, type Workplace } from "./workplace.js";

/** Milliseconds between SIGTERM and SIGKILL. */
const PATIENCE = 5000;

/** One running copy of an app, process or not. */
export type Instance = {
  port: number;
  /** Its process group; null for a static site, which the daemon serves itself. */
  pid: number | null;
  /** Settles when it has ended, wanted or not. */
  exited: Promise<Exit>;
  stop(): Promise<void>;
};

export type Launch = {
  app: string;
  revision: string;
  image: LocalImage;
  /** Words that start it. */
  command: string[];
  /** The app's own variables, secrets included. */
  env: Record<string, string>;
  port: number;
  /** Private folder of the revision: its HOME, with TMPDIR and its copy of the image. */
  home: string;
  /** Folder of process records. */
  records: string;
  log: Logbook;
};

/** Starts an app; that it could not be started is told by `exited`. */
export async function launch(what: Launch): Promise<Instance> {
  if (isServed(what)) return serve(what);
  return run(what, await makeWorkplace(what.image, what.home));
}

type Described = Pick<Launch, "app" | "revision" | "image" | "env">;

/** The environment of an app, made from nothing: nothing of the user's own reaches it. */
export function appVariables({ app, revision, image, env }: Described, place: Workplace): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: place.home,
    TMPDIR: place.temporary,
    LANG: "C.UTF-8",
    CONTAINER_APP_NAME: app,
    CONTAINER_APP_REVISION: revision,
    ...runtimeVariables(image, place),
    ...env,
  };
}

function runtimeVariables({ runtime }: LocalImage, { app }: Workplace): Record<string, string> {
  if (runtime === "node") return { NODE_ENV: "production" };
  if (runtime !== "python") return {};
  const venv = path.join(app, VENV);
  const output = { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
  if (!fs.existsSync(venv)) return output;
  const programs = `${path.join(venv, "bin")}${path.delimiter}${process.env.PATH ?? ""}`;
  return { ...output, VIRTUAL_ENV: venv, PATH: programs };
}

/** True for a site that the daemon serves itself: it has no process, and so nothing runs where it lies. */
export function isServed({ image, command }: Pick<Launch, "image" | "command">): boolean {
  return image.runtime === "static" && command.length === 0;
}

/** What a running app's process was started with. */
export function processVariables(what: Launch, place: Workplace): Record<string, string> {
  // PORT comes last: the one that the manifest names is Azure's, where each app has an address of its own.
  return { ...appVariables(what, place), PORT: String(what.port), HOST: "127.0.0.1" };
}

function run(what: Launch, place: Workplace): Instance {
  const { port, log, revision, records, command } = what;
  const group = startGroup(command, {
    cwd: place.app,
    env: processVariables(what, place),
    stdio: ["ignore", "pipe", "pipe"],
    records,
  });
  log.collect(revision, group.child.stdout);
  log.collect(revision, group.child.stderr);
  return { port, pid: group.pid, exited: group.exited, stop: () => group.stop(PATIENCE) };
}

async function serve({ image, port }: Launch): Promise<Instance> {
  const site = await serveStatic(image.app, image.webRoot, port);
  return {
    port,
    pid: null,
    exited: site.closed.then(() => ({ code: 0, signal: null, error: null })),
    stop: site.close,
  };
}
