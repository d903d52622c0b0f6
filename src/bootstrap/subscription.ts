import { TAG } from "../environment/tags.js";
import type { Tier } from "../manifest/manifest.js";

type Group = { name: string; tags: Record<string, string> };

/** Groups that Azure makes by itself, and nobody's work lies in. */
const AZURES_OWN = /^(NetworkWatcherRG|DefaultResourceGroup-|cloud-shell-storage-|ME_|MC_)/i;

/**
 * Names of the groups that make a subscription a shared one: everything that is not of this tier of this project. The
 * project's other tier counts, too, for an identity that may do everything in the subscription reaches it.
 */
export function othersIn(groups: Group[], projectId: string, tier: Tier): string[] {
  const isOurs = ({ tags }: Group) =>
    tags[TAG.projectId] === projectId && (tags[TAG.tier] === undefined || tags[TAG.tier] === tier);
  return groups.filter((group) => !isOurs(group) && !AZURES_OWN.test(group.name)).map(({ name }) => name);
}
