import type { EnvironmentRecord } from "../../src/state/record.js";

export const TIER = "tier-nonprod";

export function refOf(envId: string) {
  return { container: TIER, key: `envs/${envId}.json` };
}

export function sampleRecord(change: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  const service = { image: "cr.azurecr.io/shop/web@sha256:aa", contentKey: "c", configKey: "k", url: "http://web" };
  return {
    schemaVersion: 1,
    envId: "alice",
    branch: "env-alice",
    branchSha: "0123456789abcdef",
    projectId: "p",
    kind: "branch",
    tier: "nonprod",
    generation: 0,
    state: "running",
    resourceGroup: "rg-shop-alice",
    commit: "a".repeat(40),
    url: "http://alice.shop.localhost:21000",
    createdAt: "2026-11-21T10:00:00.000Z",
    updatedAt: "2026-11-21T10:00:00.000Z",
    expires: "2026-11-28T10:00:00.000Z",
    destroyedAt: null,
    services: { web: service },
    deployments: [{ commit: "a".repeat(40), at: "2026-11-21T10:00:00.000Z", services: { web: service } }],
    journal: [],
    ...change,
  };
}
