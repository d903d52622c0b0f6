import fs from "node:fs/promises";
import path from "node:path";
import type { Runner } from "./runner.js";

/** What this machine has of the packages of a CDKTF app: a folder `node_modules`, and the folder of the pinned paas. */
export type MachinePackages = { nodeModules: string; cli: string };

/**
 * Puts the packages of the checked-out CDKTF app where a job asks the cache for them, from those that this machine has
 * installed: an `npm` with a HOME of its own knows neither the registry nor the cache of the person.
 * @returns false when the job asks for something else, or this machine does not have it: then the job installs
 */
export async function restorePackages({ stage, places }: Runner, paths: string[]): Promise<boolean> {
  if (stage.packages === null || paths.map((name) => path.normalize(name)).join() !== PLACE) return false;
  const infra = path.join(places.workspace, "infra");
  const packages = await stage.packages(infra);
  if (packages === null) return false;
  const target = path.join(infra, "node_modules");
  await linkCommand(packages.cli, target);
  await linkPackages(packages.nodeModules, target);
  return true;
}

const PLACE = path.join("infra", "node_modules");

async function linkCommand(cli: string, target: string): Promise<void> {
  const name = "paas-cli";
  await fs.mkdir(path.join(target, ".bin"), { recursive: true });
  await fs.symlink(cli, path.join(target, name));
  await fs.symlink(path.join("..", name, "bin", "paas.js"), path.join(target, ".bin", "paas"));
}

/** Links whole packages, which takes no time; npm replaces such a link, and never writes through it. */
async function linkPackages(from: string, to: string): Promise<void> {
  await fs.mkdir(to, { recursive: true });
  for (const { name } of await fs.readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (name === ".package-lock.json") await fs.copyFile(source, target);
    else if (name === ".bin") await linkPackages(source, target);
    else await fs.symlink(await fs.realpath(source), target).catch(ifThere);
  }
}

/** What is there already is the package that the project pins. */
function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
