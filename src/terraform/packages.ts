import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { PaasError } from "../errors.js";
import { unpinned } from "../scaffold/cli-pin.js";
import { interruptedError } from "./failure.js";
import { installedPackages } from "./installed.js";

export type InfraPackagesRequest = {
  /** Folder with `package.json` and `package-lock.json`. */
  infra: string;
  /** `infra/` of a checkout, whose packages are used when they are those of the lock file. */
  checkout?: string;
  /** Folder that installed packages are kept in, see `packageCache`. */
  cache: string;
  /** false: what is not in the cache is an error. */
  install: boolean;
  /** Output of npm, for people. */
  onLine: (line: string) => void;
  signal: AbortSignal;
};

const MANIFEST = "package.json";
const LOCK = "package-lock.json";

/** Where installed packages are kept: PAAS_CACHE_DIR, else XDG_CACHE_HOME, else `~/.cache`. */
export function packageCache(variables: NodeJS.ProcessEnv): string {
  if (variables.PAAS_CACHE_DIR) return path.join(variables.PAAS_CACHE_DIR, "infra");
  const caches = variables.XDG_CACHE_HOME || path.join(variables.HOME || os.homedir(), ".cache");
  return path.join(caches, "paas", "infra");
}

/**
 * The packages that a CDKTF app's lock file names, installed once per lock file and shared by all projects. The CLI
 * that the lock file pins for workflows is left out: the app is not made of it, and a new version of it is no reason to
 * install the rest again.
 * @throws PaasError `infra-not-installed`
 */
export async function infraPackages(
  request: InfraPackagesRequest,
): Promise<{ nodeModules: string; installed: boolean }> {
  const app = await readApp(request.infra);
  const present = request.checkout ? await installedPackages(request.checkout, app.lock, app.fullLock) : null;
  if (present !== null) return { nodeModules: present, installed: false };
  const home = path.join(request.cache, createHash("sha256").update(app.lock).digest("hex"));
  const nodeModules = path.join(home, "node_modules");
  if (existsSync(nodeModules)) return { nodeModules, installed: false };
  if (!request.install) throw notInstalled("the packages of infra/ are not installed", []);
  await fs.mkdir(request.cache, { recursive: true });
  const draft = await fs.mkdtemp(path.join(request.cache, "installing-"));
  try {
    await writeManifests(request.infra, app, draft);
    await npmCi(draft, request);
    await publish(draft, home);
    return { nodeModules, installed: true };
  } finally {
    await fs.rm(draft, { recursive: true, force: true });
  }
}

/** Puts installed packages into the user's `infra/` too, for their editor; an existing folder is left alone. */
export async function linkInto(infra: string, nodeModules: string): Promise<void> {
  const target = path.join(infra, "node_modules");
  if (existsSync(target)) return;
  await linkTree(nodeModules, target);
}

async function linkTree(from: string, to: string): Promise<void> {
  await fs.mkdir(to, { recursive: true });
  for (const entry of await fs.readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const copy = path.join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, copy);
    else if (entry.isSymbolicLink()) await fs.symlink(await fs.readlink(source), copy);
    // npm writes into this one, and would write into the cache along with it.
    else if (entry.name === ".package-lock.json") await fs.copyFile(source, copy);
    else await fs.link(source, copy).catch(() => fs.copyFile(source, copy));
  }
}

type App = { manifest: string; lock: string /** With the CLI. */; fullLock: string };

async function readApp(infra: string): Promise<App> {
  const [manifest, fullLock] = await Promise.all(
    [MANIFEST, LOCK].map((name) => fs.readFile(path.join(infra, name), "utf8").catch(() => null)),
  );
  if (fullLock == null) {
    throw notInstalled("infra/package-lock.json is missing", ["it pins what the CDKTF app is built with"]);
  }
  return { ...unpinned(manifest ?? "{}", fullLock), fullLock };
}

async function writeManifests(infra: string, { manifest, lock }: App, draft: string): Promise<void> {
  await fs.writeFile(path.join(draft, MANIFEST), manifest);
  await fs.writeFile(path.join(draft, LOCK), lock);
  for (const name of [".npmrc", "vendor"]) {
    const source = path.join(infra, name);
    if (existsSync(source)) await fs.cp(source, path.join(draft, name), { recursive: true });
  }
}

async function npmCi(folder: string, { onLine, signal }: InfraPackagesRequest): Promise<void> {
  const output: string[] = [];
  const code = await new Promise<number>((resolve) => {
    const child = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    const hear = (chunk: Buffer) => {
      for (const line of chunk.toString("utf8").split("\n").filter(Boolean)) {
        output.push(line);
        onLine(line);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => {
      output.push(error.message);
      resolve(1);
    });
    child.once("close", (code) => resolve(code ?? 1));
  });
  if (signal.aborted) throw interruptedError("npm ci");
  if (code !== 0) throw notInstalled("npm could not install the packages of infra/", causes(output));
}

/** The lines in which npm says what is wrong: first its code and the request, then advice and where its log lies. */
function causes(output: string[]): string[] {
  const lines = output.map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trimEnd());
  return lines.filter((line) => /[a-z]/i.test(line) && !line.startsWith("A complete log")).slice(0, 5);
}

/** Of two that install the same packages at once, the first wins and the other uses what is there. */
async function publish(draft: string, home: string): Promise<void> {
  await fs.rename(draft, home).catch((error: unknown) => {
    if (!existsSync(path.join(home, "node_modules"))) throw error;
  });
}

function notInstalled(message: string, details: string[]): PaasError {
  return new PaasError("infra-not-installed", message, {
    details,
    next: "`paas init --install` with a connection to the package registry, then repeat",
  });
}
