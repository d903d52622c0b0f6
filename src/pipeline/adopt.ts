import type { Environment } from "../environment/environment.js";
import type { PlatformDescription } from "../environment/platform.js";
import { PaasError } from "../errors.js";
import { type Existing, NotInState } from "../terraform/failure.js";
import type { Doors } from "./doors.js";
import type { EnvironmentFile } from "./workplace.js";

/**
 * The resources that an apply met and the state does not know, if all of them lie in the stack's own resource group
 * and its tags prove that it is ours; none otherwise, and none after any other error.
 */
export async function adoptable(error: unknown, content: EnvironmentFile, doors: Doors): Promise<Existing[]> {
  if (!(error instanceof PaasError) || !(error.cause instanceof NotInState)) return [];
  const { resources } = error.cause;
  const { resourceGroup, tags }: Environment | PlatformDescription =
    content.stack === "environment" ? content.environment : content.platform;
  const group = await doors.groups.find(resourceGroup);
  if (!group || !carries(group.tags, tags)) return [];
  return resources.every(({ id }) => liesIn(group.id, id)) ? resources : [];
}

/** Azure compares ids and names of tags without regard to case. */
function liesIn(group: string, id: string): boolean {
  return `${id}/`.toLowerCase().startsWith(`${group}/`.toLowerCase());
}

function carries(found: Record<string, string>, expected: Record<string, string>): boolean {
  const theirs = new Map(Object.entries(found).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(expected).every(([name, value]) => theirs.get(name) === value);
}
