import { EXIT, PaasError } from "../errors.js";
import type { Arm } from "./arm.js";
import { azureFailure } from "./failure.js";

/** A lock of Azure's on a resource group or on something in it: who holds Owner or User Access Administrator sets it. */
export type ManagementLock = { id: string; name: string; level: string; notes: string | null };

const VERSION = "2020-05-01";

/** The locks of a group and of what lies in it; none are seen where they may not be read: then Azure itself refuses. */
export async function readLocks(arm: Arm, groupId: string): Promise<ManagementLock[]> {
  type Found = { id: string; name: string; properties: { level: string; notes?: string } };
  const locks: ManagementLock[] = [];
  try {
    for await (const { id, name, properties } of arm.list<Found>(
      `${groupId}/providers/Microsoft.Authorization/locks`,
      VERSION,
    )) {
      locks.push({ id, name, level: properties.level, notes: properties.notes ?? null });
    }
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 403 || statusCode === 404) return [];
    throw azureFailure(`read the locks of ${groupId}`, error);
  }
  return locks;
}

/** @param details what is locked, one line each */
export function lockedGroup(name: string, details: string[], cause?: unknown): PaasError {
  return new PaasError("scope-locked", `the resource group ${name} is locked against deletion on Azure`, {
    details,
    next: "nothing was deleted; whoever is Owner or User Access Administrator there can remove the lock",
    exit: EXIT.refused,
    cause,
  });
}
