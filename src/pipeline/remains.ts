import {
  liesIn,
  parseNote,
  renderNote,
  type SoftDeleting,
  softDeletingOf,
  withoutDoubles,
} from "../environment/soft-delete.js";
import { isOurs, TAG } from "../environment/tags.js";
import type { EnvironmentRecord } from "../state/record.js";
import { resourcesOfState } from "../terraform/state.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import { type Target, tagsOf } from "./target.js";

/* What Azure keeps of an environment that is destroyed, and what was never of its group. */

/** The step whose notes say what is to be purged, also after the group that held it is gone. */
export const NOTING = "soft-deleted";

/**
 * What soft deletion concerns: what lies in the group now, what an earlier run noted before it was stopped, and what
 * Terraform's state knows, since somebody may have deleted the group by hand. Neither counts for what lies outside of
 * the group: nothing else may be purged in this environment's name.
 */
export async function softDeletingIn(
  target: Target,
  record: EnvironmentRecord | null,
  doors: Doors,
): Promise<SoftDeleting[]> {
  const group = target.group && (await doors.groups.find(target.group.name));
  const members = group ? await doors.groups.members(group.name) : [];
  const noted = record?.state === "destroying" ? (record.journal.find(({ name }) => name === NOTING)?.notes ?? []) : [];
  const groupId = `/subscriptions/${doors.cloud.subscriptionId}/resourceGroups/${target.resourceGroup}`;
  const state = await doors.state.blobs.download(target.stateRef);
  const vaults = resourcesOfState(state, "azurerm_key_vault").map((vault) => ({ ...vault, type: VAULT }));
  const remembered = [...noted.flatMap((note) => parseNote(note) ?? []), ...softDeletingOf(vaults)];
  return withoutDoubles([...remembered.filter((thing) => liesIn(groupId, thing)), ...softDeletingOf(members)]);
}

const VAULT = "Microsoft.KeyVault/vaults";

export function notesOf(things: SoftDeleting[]): string[] {
  return things.map(renderNote);
}

/**
 * Deletes log workspaces for good while there is still a group to address them in: afterwards they would keep their
 * names for 14 days. Production's are kept, as everything that is deleted there.
 */
export async function deleteWorkspaces(things: SoftDeleting[], target: Target, doors: Doors): Promise<string> {
  const workspaces = things.filter(({ kind }) => kind === "workspace");
  if (target.tier === "nonprod") {
    for (const { id } of workspaces) await doors.softDeleted.deleteWorkspace(id, doors.signal);
  }
  return things.map(({ kind, name }) => `${kind} ${name}`).join(", ");
}

/** Ends the days of deleted vaults; returns what stays, for people. */
export async function purge(
  things: SoftDeleting[],
  target: Target,
  doors: Doors,
  steps: Steps,
): Promise<{ detail: string; left: string[] }> {
  const left: string[] = [];
  const purged: string[] = [];
  for (const vault of things.filter(({ kind }) => kind === "vault")) {
    const kept = await endOf(vault, target, doors);
    if (kept === null) purged.push(vault.name);
    else left.push(kept);
  }
  for (const line of left) steps.warn(line);
  return { detail: purged.length > 0 ? `${purged.join(", ")} purged` : "nothing to purge", left };
}

/** Null when nothing stays of it. */
async function endOf(vault: SoftDeleting, target: Target, doors: Doors): Promise<string | null> {
  if (target.tier !== "nonprod") {
    const until = await doors.softDeleted.vaultKeptUntil(vault);
    return until && keptLine(vault, "production's are never purged", until);
  }
  const owned = { id: vault.id, isOurs: (tags?: Record<string, string>) => isOurs(tags, { tags: tagsOf(target) }) };
  const outcome = await doors.softDeleted.purgeVault(vault, doors.signal, owned);
  return outcome.state === "kept" ? keptLine(vault, outcome.why, outcome.until) : null;
}

function keptLine({ name }: SoftDeleting, why: string, until: string | null): string {
  const date = until === null ? "for some days" : `until ${until.slice(0, 10)}`;
  return `the deleted vault ${name} is kept ${date}: ${why}. Its next life has another name`;
}

/** Groups that carry the environment's tags and are still there. */
export async function groupsLeft({ envId, projectId }: Target, doors: Doors): Promise<string[]> {
  const left: string[] = [];
  for await (const found of doors.groups.withTag(TAG.projectId, projectId)) {
    if (found.tags[TAG.environment] !== envId) continue;
    // The list lags behind the deletion.
    if (await doors.groups.find(found.name))
      left.push(`the resource group ${found.name} carries the environment's tags`);
  }
  return left;
}
