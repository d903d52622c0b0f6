import { bootstrapNames } from "../bootstrap/names.js";
import type { Cloud, Endpoint, Vault } from "../cloud.js";
import type { Environment } from "../environment/environment.js";
import { describePlatform, subscriptionOf } from "../environment/platform.js";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import type { Arm } from "./arm.js";
import { orNull } from "./failure.js";
import { openIdentities } from "./identities.js";
import { PATIENCE } from "./patience.js";
import type { Session } from "./session.js";
import { openTierVault, type TierVault } from "./tier-vault.js";
import { type Kept, openVaultSecrets, type VaultOptions, type VaultSecrets } from "./vault-secrets.js";

export type VaultSources = {
  arm: Arm;
  manifest: Manifest;
  session: Session;
  options: Endpoint["options"];
  /** For tests; see vault-secrets.ts. */
  patience?: Pick<VaultOptions, "pace" | "limit">;
};

const VAULTS = "2026-02-01";

/** Vaults on Azure: one of each environment, made by its stack, and one of each tier, made when the first value is set. */
export function openVaults({ arm, manifest, session, options, patience }: VaultSources): Cloud["vault"] {
  const { credential, tenantId } = session;
  const subscriptionIn = (tier: Tier) => subscriptionOf(manifest, tier, session.subscriptionId);
  const secretsOf = (name: string) => openVaultSecrets(name, { credential, options, ...patience });
  const tierVault = (tier: Tier) => {
    const place = { manifest, tier, subscriptionId: subscriptionIn(tier), tenantId };
    const { deployer } = bootstrapNames(place);
    const identities = openIdentities(arm, PATIENCE);
    const platform = describePlatform(place);
    return openTierVault({ ...place, arm, identities, credential, platform, deployerId: deployer.id });
  };
  const environmentVault = async ({ resourceGroup, names, tier }: Environment): Promise<VaultSecrets | null> => {
    const name = names.keyVault ?? "";
    if (name === "") return null;
    const group = `/subscriptions/${subscriptionIn(tier)}/resourceGroups/${resourceGroup}`;
    const vault = arm.get(`${group}/providers/Microsoft.KeyVault/vaults/${name}`, VAULTS);
    return (await orNull(`look for the vault ${name}`, vault)) === null ? null : secretsOf(name);
  };

  return {
    of: (environment) => ({
      versions: async () => versionsOf(await (await environmentVault(environment))?.list()),
      set: async (name, value) => {
        const vault = await environmentVault(environment);
        if (!vault) throw noVault(environment);
        await vault.set(name, value);
      },
      remove: async (name) => (await (await environmentVault(environment))?.remove(name)) ?? false,
    }),
    readable: async (environment) => (await environmentVault(environment))?.readable() ?? true,
    defaults: (tier) => defaultsOf(tierVault(tier), secretsOf),
    copyDefaults: async (environment, names) => {
      const tier = tierVault(environment.tier);
      const into = await environmentVault(environment);
      if (!into || !(await tier.exists())) return [];
      const from = secretsOf(tier.name);
      const kept = await into.list();
      const changed = (await from.list()).filter((one) => names.includes(one.name) && isStale(one, kept));
      for (const { name, version } of changed) {
        const value = await from.value(name);
        if (value !== null) await into.set(name, value, version);
      }
      return changed.map(({ name }) => name);
    },
  };
}

function defaultsOf(vault: TierVault, secretsOf: (name: string) => VaultSecrets): Vault {
  return {
    versions: async () => ((await vault.exists()) ? versionsOf(await secretsOf(vault.name).list()) : {}),
    set: async (name, value) => {
      await vault.ensure();
      await secretsOf(vault.name).set(name, value);
    },
    remove: async (name) => (await vault.exists()) && secretsOf(vault.name).remove(name),
  };
}

function versionsOf(kept: Kept[] = []): Record<string, string> {
  return Object.fromEntries(kept.map(({ name, version }) => [name, version]));
}

/** Missing, or a copy of an older value; what was set for the environment itself is never stale. */
function isStale(standard: Kept, kept: Kept[]): boolean {
  const own = kept.find(({ name }) => name === standard.name);
  return !own || (own.copyOf !== null && own.copyOf !== standard.version);
}

function noVault({ envId, tier }: Environment): PaasError {
  return new PaasError("vault-missing", `environment ${envId} has no vault yet`, {
    details: ["its first deployment with a service that lists secrets makes it"],
    next: `set the value for its tier (\`--tier ${tier}\`), or hand it to the first \`paas up\` as PAAS_SECRET_<NAME>`,
    exit: EXIT.notFound,
  });
}
