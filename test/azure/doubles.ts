import { createHash } from "node:crypto";
import type { AzureParts } from "../../src/azure/cloud.js";
import type { Vault } from "../../src/cloud.js";

/** Doubles of what needs a registry and a vault: nothing is built, pushed or kept anywhere. */
export type Doubles = AzureParts & {
  /** Services that were built, in order. */
  built: string[];
  /** Environments whose images were removed, and from which tier's registry: `alice of nonprod`. */
  forgotten: string[];
  values: Map<string, string>;
};

export function doubles(): Doubles {
  const values = new Map<string, string>();
  const built: string[] = [];
  const forgotten: string[] = [];
  return {
    built,
    forgotten,
    values,
    build: async ({ service, registryServer, environment, contentKey }) => {
      built.push(service.name);
      const digest = `sha256:${createHash("sha256").update(contentKey).digest("hex")}`;
      return {
        reference: `${registryServer}/${environment.project.name}/${service.name}@${digest}`,
        digest,
        cached: false,
      };
    },
    hasImage: async () => true,
    release: async () => {},
    clearReleases: async () => {},
    forget: async (envId, tier) => {
      forgotten.push(`${envId} of ${tier}`);
      return "none (double)";
    },
    keepImages: async () => {},
    vault: {
      of: ({ envId }) => vaultOf(envId, values),
      readable: async () => true,
      defaults: (tier) => vaultOf(`tier ${tier}`, values),
      copyDefaults: async () => [],
    },
  };
}

function vaultOf(owner: string, values: Map<string, string>): Vault {
  return {
    versions: async () =>
      Object.fromEntries(
        [...values].filter(([key]) => key.startsWith(`${owner}/`)).map(([key]) => [key.slice(owner.length + 1), "1"]),
      ),
    set: async (name, value) => void values.set(`${owner}/${name}`, value),
    remove: async (name) => values.delete(`${owner}/${name}`),
  };
}
