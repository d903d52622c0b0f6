import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";

type Packages = Record<string, { version?: string; integrity?: string; optional?: boolean }>;

/**
 * The `node_modules` of `infra` when npm has installed there what a lock file names, and nothing else; else null.
 * @param lock text of the lock file, without what need not be there
 * @param allowed text of a lock file with all that may be there
 */
export async function installedPackages(infra: string, lock: string, allowed: string): Promise<string | null> {
  const nodeModules = path.join(infra, "node_modules");
  // npm keeps there what it has installed.
  const text = await fs.readFile(path.join(nodeModules, ".package-lock.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const [there, needed, known] = [text, lock, allowed].map(packagesIn);
  if (!there || !needed || !known) return null;
  const missing = Object.keys(needed).filter((place) => !there[place] && !needed[place]?.optional);
  const strange = Object.keys(there).filter((place) => !isSame(there[place], known[place]));
  const gone = Object.keys(there).filter((place) => !existsSync(path.join(infra, place)));
  return [...missing, ...strange, ...gone].length === 0 ? nodeModules : null;
}

function isSame(one: Packages[string] | undefined, other: Packages[string] | undefined): boolean {
  return other !== undefined && one?.version === other.version && one?.integrity === other.integrity;
}

/** By place; the project itself is left out. */
function packagesIn(lock: string): Packages | null {
  try {
    const { packages } = JSON.parse(lock) as { packages?: Packages };
    if (packages === undefined) return null;
    const { "": _, ...rest } = packages;
    return rest;
  } catch {
    return null;
  }
}
