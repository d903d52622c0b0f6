import path from "node:path";
import { linkInto } from "../../../terraform/packages.js";
import type { Runner } from "./runner.js";

/**
 * Puts the packages of the checked-out CDKTF app where a job asks the cache for them, from those that this machine has
 * installed: an `npm` with a HOME of its own knows neither the registry nor the cache of the person.
 * @returns false when the job asks for something else, or the rehearsal has no packages
 */
export async function restorePackages({ stage, places }: Runner, paths: string[]): Promise<boolean> {
  if (stage.packages === null || paths.map((name) => path.normalize(name)).join() !== PLACE) return false;
  const infra = path.join(places.workspace, "infra");
  await linkInto(infra, await stage.packages(infra));
  return true;
}

const PLACE = path.join("infra", "node_modules");
