import type { Diagnostic } from "./messages.js";
import { asAttributes, blocksOf, textOf, type Value } from "./values.js";

/** The switches of the provider's `features` block that the simulation knows. */
export type Features = {
  /** Refuse to delete a resource group that still has resources. */
  keepFilledResourceGroups: boolean;
  /** Purge a vault when it is deleted, so that its name is free at once. */
  purgeKeyVaults: boolean;
  /** Take a soft-deleted vault of the same name up again. */
  recoverKeyVaults: boolean;
};

/** The provider's own defaults. */
export const DEFAULT_FEATURES: Features = {
  keepFilledResourceGroups: true,
  purgeKeyVaults: true,
  recoverKeyVaults: true,
};

/** Reads the features out of the provider's configuration; what is left out has its default. */
export function featuresOf(config: Value): Features {
  const [features] = blocksOf(asAttributes(config).features);
  const [resourceGroup] = blocksOf(features?.resource_group);
  const [keyVault] = blocksOf(features?.key_vault);
  const switched = (value: Value | undefined, otherwise: boolean) => (typeof value === "boolean" ? value : otherwise);
  return {
    keepFilledResourceGroups: switched(
      resourceGroup?.prevent_deletion_if_contains_resources,
      DEFAULT_FEATURES.keepFilledResourceGroups,
    ),
    purgeKeyVaults: switched(keyVault?.purge_soft_delete_on_destroy, DEFAULT_FEATURES.purgeKeyVaults),
    recoverKeyVaults: switched(keyVault?.recover_soft_deleted_key_vaults, DEFAULT_FEATURES.recoverKeyVaults),
  };
}

/** Refuses a configuration without its `features` block, which may be empty but not absent. */
export function refuseFeatures(config: Value): Diagnostic[] {
  const { features } = asAttributes(config);
  const count = Array.isArray(features) ? features.length : 0;
  if (count === 1) return [];
  const detail = `Attribute features list must contain at least 1 elements and at most 1 elements, got: ${count}`;
  return [{ summary: "Invalid Attribute Value", detail, path: ["features"] }];
}

/**
 * Refuses a configuration for another subscription or tenant than the local cloud's. One that names none means ours:
 * the provider runs inside the daemon, so the client's `ARM_SUBSCRIPTION_ID` cannot be read here.
 */
export function refuseConfiguration(config: Value, subscriptionId: string, tenantId: string): Diagnostic[] {
  const { subscription_id: subscription, tenant_id: tenant } = asAttributes(config);
  const diagnostics: Diagnostic[] = [];
  if (textOf(subscription) !== "" && !isSameId(textOf(subscription), subscriptionId)) {
    diagnostics.push({
      summary: `building account: the subscription ${textOf(subscription)} could not be found`,
      detail: `SubscriptionNotFound: the local cloud (simulated) has one subscription, ${subscriptionId}.`,
      path: ["subscription_id"],
    });
  }
  if (textOf(tenant) !== "" && !isSameId(textOf(tenant), tenantId)) {
    diagnostics.push({
      summary: `building account: the tenant ${textOf(tenant)} could not be found`,
      detail: `TenantNotFound: the local cloud (simulated) has one tenant, ${tenantId}.`,
      path: ["tenant_id"],
    });
  }
  return diagnostics;
}

function isSameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
