import { describe, expect, it } from "vitest";
import { describePlatform, platformOf } from "../../src/environment/platform.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { isCleanId } from "../../src/naming/envId.js";
import { KINDS, type Kind } from "../../src/naming/kinds.js";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
const TEXT = `name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
services: { web: { runtime: node } }
`;
const manifest = requireManifest(TEXT, "paas.yaml");
const nonprod = describePlatform({ manifest, tier: "nonprod", subscriptionId: SUBSCRIPTION });
const prod = describePlatform({ manifest, tier: "prod", subscriptionId: SUBSCRIPTION });

describe("describePlatform", () => {
  it("names what a tier shares", () => {
    expect(nonprod).toEqual({
      project: { id: "7kq2mzt5abcdefghijklmnopqr", name: "shop" },
      tier: "nonprod",
      location: "westeurope",
      resourceGroup: "rg-shop-platform-nonprod",
      tags: {
        "paas-project-id": "7kq2mzt5abcdefghijklmnopqr",
        "paas-project": "shop",
        "paas-kind": "platform",
        "paas-tier": "nonprod",
      },
      names: {
        resourceGroup: "rg-shop-platform-nonprod",
        logAnalytics: "log-shop-platform-nonprod",
        containerAppEnvironment: "cae-shop-platform-nonprod",
        containerRegistry: expect.stringMatching(/^crshopplatformnonprod[a-z2-7]{8}$/),
        pullIdentity: "id-pull-shop-platform-nonprod",
        stateAccount: expect.stringMatching(/^ststateshop[a-z2-7]{8}$/),
      },
    });
  });

  it("gives tiers everything of their own but the state account", () => {
    const shared = Object.entries(nonprod.names).filter(([, name]) => Object.values(prod.names).includes(name));
    expect(shared.map(([kind]) => kind)).toEqual(["stateAccount"]);
  });

  it("takes the state account that bootstrap wrote down", () => {
    const block = `platform: { tenant: ${SUBSCRIPTION}, subscription: ${SUBSCRIPTION}, stateAccount: stmine }\n`;
    const written = requireManifest(TEXT + block, "paas.yaml");
    const { names } = describePlatform({ manifest: written, tier: "prod", subscriptionId: SUBSCRIPTION });
    expect(names.stateAccount).toBe("stmine");
  });

  it("is valid for the longest project name", () => {
    const longest = requireManifest(TEXT.replace("shop", "twenty-letters-in-it"), "paas.yaml");
    const { names } = describePlatform({ manifest: longest, tier: "nonprod", subscriptionId: SUBSCRIPTION });
    for (const [kind, name] of Object.entries(names)) expect(name).toMatch(KINDS[kind as Kind].pattern);
  });

  it("has no name that a branch could get", () => {
    const ids = ["platform", "platform-nonprod", "platform-prod"];
    expect(ids.filter((id) => isCleanId(id))).toEqual([]);
  });
});

it("places the platform by full ARM ids", () => {
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-platform-prod/providers`;
  const { containerRegistry, stateAccount } = prod.names;
  expect(platformOf(prod, SUBSCRIPTION, "t")).toEqual({
    subscriptionId: SUBSCRIPTION,
    tenantId: "t",
    stateAccount,
    resourceGroup: "rg-shop-platform-prod",
    containerAppEnvironmentId: `${group}/Microsoft.App/managedEnvironments/cae-shop-platform-prod`,
    logAnalyticsWorkspaceId: `${group}/Microsoft.OperationalInsights/workspaces/log-shop-platform-prod`,
    registryId: `${group}/Microsoft.ContainerRegistry/registries/${containerRegistry}`,
    registryServer: `${containerRegistry}.azurecr.io`,
    pullIdentityId: `${group}/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull-shop-platform-prod`,
  });
});
