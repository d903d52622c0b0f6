import fs from "node:fs";
import path from "node:path";

export type BundledPackage = { name: string; version: string; license: string; author: string | null; folder: string };

/** The bundler marks where each module begins with its path. */
const MODULE = /^\/\/#region \0?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//gm;

/**
 * The packages whose code really is in the built files, sorted by name and version.
 * @param dist folder of the built files
 */
export function bundledPackages(dist: string): BundledPackage[] {
  const folders = new Set<string>();
  for (const file of fs.readdirSync(dist).filter((name) => name.endsWith(".js"))) {
    const text = fs.readFileSync(path.join(dist, file), "utf8");
    for (const [, folder] of text.matchAll(MODULE)) folders.add(folder ?? "");
  }
  const packages = [...folders].map(describe);
  const distinct = new Map(packages.map((bundled) => [`${bundled.name}@${bundled.version}`, bundled]));
  return [...distinct.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

function describe(folder: string): BundledPackage {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const { name, version, license } = manifest;
  if (typeof name !== "string" || typeof version !== "string") throw new Error(`${folder} has no name or version`);
  if (typeof license !== "string") throw new Error(`${name}@${version} names no licence`);
  return { name, version, license, author: authorOf(manifest.author), folder };
}

function authorOf(author: unknown): string | null {
  if (typeof author === "string") return author;
  return author instanceof Object && "name" in author ? String(author.name) : null;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
