import { codeOf } from "../../src/azure/patience.js";
import type { Names } from "./names.js";
import type { Subscription } from "./subscription.js";

/** Kinds whose names are unique in all of Azure, and where that is asked. */
const TYPES = {
  account: { type: "Microsoft.Storage/storageAccounts", version: "2024-01-01" },
  registry: { type: "Microsoft.ContainerRegistry/registries", version: "2025-11-01" },
  vault: { type: "Microsoft.KeyVault/vaults", version: "2026-02-01" },
} as const;

/**
 * Names of a run that somebody has already, nothing of which is changed by asking.
 * @returns `untold`: names that cannot be asked for while the subscription has not registered their resource provider
 */
export async function takenNames(
  names: Names,
  { id, arm, groups }: Subscription,
): Promise<{ taken: string[]; untold: string[] }> {
  const [taken, untold]: [string[], string[]] = [[], []];
  for (const group of names.groups) if (await groups.find(group)) taken.push(`resource group ${group}`);
  const wanted = [
    { ...TYPES.account, name: names.stateAccount },
    { ...TYPES.registry, name: names.registry },
    ...names.vaults.map((name) => ({ ...TYPES.vault, name })),
  ];
  for (const { type, version, name } of wanted) {
    const path = `/subscriptions/${id}/providers/${type.split("/")[0]}/checkNameAvailability`;
    try {
      const answer = await arm.run({ method: "POST", path, version, body: { name, type } });
      const { nameAvailable, message } = answer as { nameAvailable: boolean; message?: string };
      if (!nameAvailable) taken.push(`${name}: ${message ?? "taken"}`);
    } catch (error) {
      if (codeOf(error) !== "MissingSubscriptionRegistration") throw error;
      untold.push(name);
    }
  }
  return { taken, untold };
}
