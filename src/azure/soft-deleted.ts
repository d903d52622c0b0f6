import { PaasError } from "../errors.js";
import type { Arm } from "./arm.js";
import { azureFailure } from "./failure.js";

/** What became of a deleted vault: nothing is left of it, or it is kept, and why and until when. */
export type Purged = { state: "purged" | "gone" } | { state: "kept"; why: string; until: string | null };

/** Things that Azure keeps for some days after their deletion, with their names. */
export type SoftDeleted = {
  /** Deletes a log workspace for good; one that is gone is no error. */
  deleteWorkspace(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Ends a deleted vault's days; that it may not be done is no error.
   * @param owned id and tags that it must have had: names are free again after a purge, and another may have this one
   */
  purgeVault(
    vault: { name: string; location: string },
    signal: AbortSignal,
    owned?: { id: string; isOurs(tags?: Record<string, string>): boolean },
  ): Promise<Purged>;
  /** Until when a deleted vault is kept, RFC 3339; null = it is not, or it cannot be told. */
  vaultKeptUntil(vault: { name: string; location: string }): Promise<string | null>;
};

/** `DeletedVault` of Microsoft.KeyVault; its tags are those that the vault had. */
type DeletedVault = {
  properties?: { vaultId?: string; scheduledPurgeDate?: string; tags?: Record<string, string> };
};

const VAULTS = "2026-02-01";
const WORKSPACES = "2025-07-01";

/** Answers that mean: not now and not by you, and no harm is done. */
const REFUSED = new Set([403, 405, 409]);

export function openSoftDeleted(arm: Arm, subscriptionId: string): SoftDeleted {
  const pathOf = ({ name, location }: { name: string; location: string }) =>
    `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;
  const read = (vault: { name: string; location: string }) => arm.get<DeletedVault>(pathOf(vault), VAULTS);
  const vaultKeptUntil = async (vault: { name: string; location: string }) => {
    const found = await read(vault).catch(() => null);
    return found?.properties?.scheduledPurgeDate ?? null;
  };
  return {
    vaultKeptUntil,
    deleteWorkspace: async (id, signal) => {
      try {
        await arm.run({ method: "DELETE", path: `${id}?force=true`, version: WORKSPACES, signal });
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 404) throw azureFailure(`delete ${id}`, error);
      }
    },
    purgeVault: async (vault, signal, owned) => {
      try {
        const { properties } = await read(vault);
        const isMeant =
          !owned || (properties?.vaultId?.toLowerCase() === owned.id.toLowerCase() && owned.isOurs(properties.tags));
        if (!isMeant) {
          const why = "its id or its tags are another's";
          return { state: "kept", why, until: properties?.scheduledPurgeDate ?? null };
        }
        await arm.run({ method: "POST", path: `${pathOf(vault)}/purge`, version: VAULTS, signal });
        return { state: "purged" };
      } catch (error) {
        const { statusCode, code } = error as { statusCode?: number; code?: string };
        if (error instanceof PaasError || signal.aborted) throw error;
        if (statusCode === 404) return { state: "gone" };
        if (!REFUSED.has(statusCode ?? 0)) throw azureFailure(`purge the deleted vault ${vault.name}`, error);
        const why = statusCode === 403 ? "this identity may not purge it" : `Azure refuses to purge it (${code})`;
        return { state: "kept", why, until: await vaultKeptUntil(vault) };
      }
    },
  };
}
