import { openArm } from "../azure/arm.js";
import { type Identities, openIdentities } from "../azure/identities.js";
import { PATIENCE, type Patience } from "../azure/patience.js";
import { openRoleAssignments, type RoleAssignments } from "../azure/role-assignments.js";
import { openStateAccount, type StateAccount } from "../azure/state-account.js";
import type { RepositorySettings } from "../github/settings.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { type Doors, doorsAt } from "./doors.js";

/** What bootstrap works with besides the doors of every pipeline. */
export type BootstrapDoors = Doors & {
  manifest: Manifest;
  tier: Tier;
  account: StateAccount;
  identities: Identities;
  roles: RoleAssignments;
  /** Null where GitHub cannot be asked. */
  github: RepositorySettings | null;
  patience: Patience;
};

export function openBootstrapDoors(
  doors: Doors,
  more: Pick<BootstrapDoors, "manifest" | "tier" | "github"> & { patience?: Patience },
): BootstrapDoors {
  const there = doorsAt(more.tier, doors);
  const arm = openArm(there.cloud.arm);
  const patience = more.patience ?? PATIENCE;
  return {
    ...there,
    ...more,
    patience,
    account: openStateAccount(arm),
    identities: openIdentities(arm, patience),
    roles: openRoleAssignments(arm, there.cloud.subscriptionId, patience),
  };
}
