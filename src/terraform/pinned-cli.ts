import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { PaasError } from "../errors.js";
import { CLI, integrityOf, lockedCli, pinIn } from "../scaffold/cli-pin.js";

const execute = promisify(execFile);

export type PinnedCliRequest = {
  /** Folder with `package.json`, `package-lock.json` and `vendor/`. */
  infra: string;
  /** Folder that unpacked packages are kept in. */
  cache: string;
  /** Folder of the package that this program runs from: what it needs of others is taken from there. */
  own: string;
};

/** A paas on this machine. */
export type PinnedCli = { folder: string; version: string };

/**
 * The paas that `infra/` pins for workflows: a vendored package, unpacked once, or this program where the registry's
 * package of the same version is pinned. Null when none is pinned, or one that is not at hand.
 * @throws PaasError `cli-not-intact` when the vendored package is not what the lock file says
 */
export async function pinnedCli({ infra, cache, own }: PinnedCliRequest): Promise<PinnedCli | null> {
  const [manifest, lock] = await Promise.all(["package.json", "package-lock.json"].map((name) => read(infra, name)));
  const [spec, locked] = [pinIn(manifest ?? null), lockedCli(lock ?? null)];
  if (spec === null || locked === null) return null;
  if (!spec.startsWith("file:")) return published(own, locked.version);
  const tarball = path.join(infra, spec.slice("file:".length));
  const bytes = await fs.readFile(tarball).catch(() => null);
  if (bytes === null || integrityOf(bytes) !== locked.integrity) throw notIntact(spec);
  const home = path.join(cache, createHash("sha256").update(bytes).digest("hex"));
  if (!existsSync(home)) await unpack(tarball, home);
  await linkDependencies(home, own);
  const folder = path.join(home, "node_modules", CLI);
  return { folder, version: await versionOf(home, folder) };
}

async function published(own: string, version: string | null): Promise<PinnedCli | null> {
  const manifest = JSON.parse(await fs.readFile(path.join(own, "package.json"), "utf8")) as { version: string };
  return manifest.version === version ? { folder: own, version: await askVersion(own) } : null;
}

async function unpack(tarball: string, home: string): Promise<void> {
  await fs.mkdir(path.dirname(home), { recursive: true });
  const draft = await fs.mkdtemp(`${home}.`);
  try {
    const folder = path.join(draft, "node_modules", CLI);
    await fs.mkdir(folder, { recursive: true });
    await execute("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
    await fs.chmod(path.join(folder, "bin", "paas.js"), 0o755);
    // Of two that unpack the same at once the first wins.
    await fs.rename(draft, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await fs.rm(draft, { recursive: true, force: true });
  }
}

/** esbuild brings a binary for this machine, which the package does not hold. */
async function linkDependencies(home: string, own: string): Promise<void> {
  const require = createRequire(path.join(own, "package.json"));
  const esbuild = path.dirname(require.resolve("esbuild/package.json"));
  const link = path.join(home, "node_modules", "esbuild");
  if ((await fs.readlink(link).catch(() => null)) === esbuild) return;
  const next = `${link}.${process.pid}`;
  await fs.symlink(esbuild, next);
  await fs.rename(next, link);
}

/** Asked once: it is as good as the bytes. */
async function versionOf(home: string, folder: string): Promise<string> {
  const file = path.join(home, "version");
  const known = await fs.readFile(file, "utf8").catch(() => null);
  if (known !== null) return known;
  const version = await askVersion(folder);
  await fs.writeFile(`${file}.${process.pid}`, version);
  await fs.rename(`${file}.${process.pid}`, file);
  return version;
}

async function askVersion(folder: string): Promise<string> {
  return (await execute(process.execPath, [path.join(folder, "bin", "paas.js"), "--version"])).stdout.trim();
}

function read(folder: string, name: string): Promise<string | null> {
  return fs.readFile(path.join(folder, name), "utf8").catch(() => null);
}

function notIntact(spec: string): PaasError {
  return new PaasError(
    "cli-not-intact",
    `infra/${spec.slice("file:".length)} is not what infra/package-lock.json says`,
    {
      next: "`paas init` writes it anew; commit infra/ and push again",
    },
  );
}
