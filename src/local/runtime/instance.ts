import fs from "node:fs";
import path from "node:path";
import type { LocalImage } from "../builder/image.js";
import { VENV } from "../builder/recipes.js";
import type { Logbook } from "./logbook.js";
import { type Exit, startGroup } from "./process-group.js";
import { serveStatic } from "./static-site.js";

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
  /** Private folder of the app: HOME and TMPDIR. */
  home: string;
  /** Folder of process records. */
  records: string;
  log: Logbook;
};

/** Starts an app; that it could not be started is told by `exited`. */
export async function launch(what: Launch): Promise<Instance> {
  return what.image.runtime === "static" && what.command.length === 0 ? serve(what) : run(what);
}

/**
 * The environment of an app, made from nothing: nothing of the user's own reaches it. PORT and HOST come last, because
 * the port that the manifest names is Azure's, where each app has an address of its own.
 */
export function appVariables(
  what: Pick<Launch, "app" | "revision" | "image" | "env" | "home">,
): Record<string, string> {
  const temporary = path.join(what.home, "tmp");
  fs.mkdirSync(temporary, { recursive: true, mode: 0o700 });
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: what.home,
    TMPDIR: temporary,
    LANG: "C.UTF-8",
    CONTAINER_APP_NAME: what.app,
    CONTAINER_APP_REVISION: what.revision,
    ...runtimeVariables(what.image),
    ...what.env,
  };
}

function runtimeVariables({ runtime, app }: LocalImage): Record<string, string> {
  if (runtime === "node") return { NODE_ENV: "production" };
  if (runtime !== "python") return {};
  const venv = path.join(app, VENV);
  const output = { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
  if (!fs.existsSync(venv)) return output;
  return {
    ...output,
    VIRTUAL_ENV: venv,
    PATH: `${path.join(venv, "bin")}${path.delimiter}${process.env.PATH ?? ""}`,
  };
}

function run(what: Launch): Instance {
  const { port, log, revision, records, image } = what;
  const group = startGroup(what.command, {
    cwd: image.app,
    env: { ...appVariables(what), PORT: String(port), HOST: "127.0.0.1" },
    stdio: ["ignore", "pipe", "pipe"],
    records,
  });
  log.collect(revision, group.child.stdout);
  log.collect(revision, group.child.stderr);
  return { port, pid: group.pid, exited: group.exited, stop: () => group.stop(PATIENCE) };
}

async function serve({ image, port }: Launch): Promise<Instance> {
  const site = await serveStatic(path.join(image.app, image.webRoot), port);
  return {
    port,
    pid: null,
    exited: site.closed.then(() => ({ code: 0, signal: null, error: null })),
    stop: site.close,
  };
}
