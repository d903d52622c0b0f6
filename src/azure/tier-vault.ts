import type { TokenCredential } from "@azure/core-auth";
import type { PlatformDescription } from "../environment/platform.js";
import { EXIT, PaasError } from "../errors.js";
import { resourceName } from "../naming/name.js";
import type { Arm } from "./arm.js";
import { claimsOf } from "./claims.js";
import { azureFailure, isAbsent, orNull } from "./failure.js";
import type { Identities } from "./identities.js";
import { ARM_SCOPE } from "./login.js";

export type TierVaultSources = {
  arm: Arm;
  identities: Pick<Identities, "find">;
  credential: TokenCredential;
  subscriptionId: string;
  tenantId: string;
  platform: PlatformDescription;
  /** ARM id of the identity that deploys the tier from workflows, which copies the values. */
  deployerId: string;
};

/** The vault with the defaults of a tier, in the group of its platform. */
export type TierVault = {
  name: string;
  exists(): Promise<boolean>;
  /** Makes it, or takes it up again where it was deleted, and lets the person who asks write into it. */
  ensure(): Promise<void>;
};

const VAULTS = "2026-02-01";

type Policy = { tenantId: string; objectId: string; permissions: { secrets: string[] } };
type Vault = { properties: { accessPolicies?: Policy[] } };

export function openTierVault(sources: TierVaultSources): TierVault {
  const { arm, subscriptionId, platform } = sources;
  const { resourceGroup, project, tier } = platform;
  const name = resourceName("keyVault", { project, subscriptionId, envId: `platform-${tier}`, generation: 0 });
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers`;
  const path = `${group}/Microsoft.KeyVault/vaults/${name}`;
  const find = () => orNull(`look for the vault ${name}`, arm.get<Vault>(path, VAULTS));

  const policies = async (): Promise<Policy[]> => {
    const policy = (objectId: string, secrets: string[]) => ({
      tenantId: sources.tenantId,
      objectId,
      permissions: { secrets },
    });
    const own = claimsOf((await sources.credential.getToken(ARM_SCOPE))?.token ?? "").objectId ?? "";
    const deployer = await sources.identities.find(sources.deployerId);
    const readers = [deployer?.principalId ?? own].filter((objectId) => objectId !== own);
    return [
      policy(own, ["get", "list", "set", "delete", "purge"]),
      ...readers.map((objectId) => policy(objectId, ["get", "list"])),
    ];
  };
  const make = async (createMode: "default" | "recover") => {
    const properties = {
      tenantId: sources.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: false,
      softDeleteRetentionInDays: 7,
      accessPolicies: await policies(),
      createMode,
    };
    const body = { location: platform.location, tags: platform.tags, properties };
    await arm.run({ method: "PUT", path, version: VAULTS, body });
  };
  const admit = async ({ properties }: Vault) => {
    const missing = (await policies()).filter((wanted) => !isAdmitted(wanted, properties.accessPolicies ?? []));
    if (missing.length === 0) return;
    const body = { properties: { accessPolicies: missing } };
    await arm.run({ method: "PUT", path: `${path}/accessPolicies/add`, version: VAULTS, body });
  };
  const isDeleted = async () => {
    const place = `locations/${platform.location}/deletedVaults/${name}`;
    const deleted = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/${place}`;
    return (await orNull(`look for the deleted vault ${name}`, arm.get(deleted, VAULTS))) !== null;
  };

  return {
    name,
    exists: async () => (await find()) !== null,
    ensure: async () => {
      const found = await find();
      try {
        if (found) return await admit(found);
        await make((await isDeleted()) ? "recover" : "default");
      } catch (error) {
        throw vaultFailure(name, platform, error);
      }
    },
  };
}

function isAdmitted(wanted: Policy, policies: Policy[]): boolean {
  const found = policies.find(({ objectId }) => objectId === wanted.objectId);
  const granted = (found?.permissions.secrets ?? []).map((one) => one.toLowerCase());
  return wanted.permissions.secrets.every((one) => granted.includes(one) || granted.includes("all"));
}

function vaultFailure(name: string, { tier, resourceGroup }: PlatformDescription, error: unknown): PaasError {
  const { code = "" } = error as { code?: string };
  if (isAbsent(error)) {
    return new PaasError("platform-missing", `the platform of tier ${tier} is not there: no group ${resourceGroup}`, {
      next: `\`paas bootstrap --tier ${tier}\``,
      exit: EXIT.usage,
      cause: error,
    });
  }
  if (code === "VaultAlreadyExists") {
    return new PaasError("vault-name-taken", `somebody else's vault has the name ${name}`, {
      details: ["names of vaults are unique in all of Azure, also those of deleted ones for some days"],
      next: "if it is one of yours that was deleted, purge or recover it; else report this",
      cause: error,
    });
  }
  return azureFailure(`make the vault ${name}`, error);
}
