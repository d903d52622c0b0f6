import { describe, expect, test } from "vitest";
import { firstSubscription, localPlatform, subscriptionOf } from "../../src/cloud.js";
import { describePlatform, platformBlockFor } from "../../src/environment/platform.js";
import type { PlatformBlock, Tier } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { withPlatformBlock } from "../../src/manifest/platform-block.js";
import { accountIn, isSettled, placeOf, withoutTier, withTier } from "../../src/manifest/tier-place.js";
import { LOCAL_SUBSCRIPTION } from "../../src/naming/simulated.js";
import { stateAccountName } from "../../src/naming/state-account.js";

const A = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const B = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff";
const TENANT = "11111111-2222-4333-8444-555555555555";
const [NONPROD, PLAN, PROD] = ["a", "b", "c"].map((end) => `00000000-0000-4000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];
const BARE = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node }
`;

const shared: PlatformBlock = {
  tenant: TENANT,
  subscription: A,
  stateAccount: "stone",
  identities: { nonprod: NONPROD, plan: PLAN },
  tiers: {},
};
const own: PlatformBlock = {
  ...shared,
  identities: { ...shared.identities, prod: PROD },
  tiers: { prod: { subscription: B, stateAccount: "sttwo" } },
};
const written = (block: PlatformBlock) => requireManifest(withPlatformBlock(BARE, block), "paas.yaml");

test("a block goes into paas.yaml and comes back the same, and one without tiers is as it always was", () => {
  expect(written(own).platform).toEqual(own);
  expect(written(shared).platform).toEqual(shared);
  expect(withPlatformBlock(BARE, shared)).not.toContain("tiers");
});

test.each<[PlatformBlock, Tier, string, string]>([
  [shared, "nonprod", A, "stone"],
  [shared, "prod", A, "stone"],
  [own, "nonprod", A, "stone"],
  [own, "prod", B, "sttwo"],
])("place %#: %s of %s", (block, tier, subscription, stateAccount) => {
  expect(placeOf(block, tier)).toEqual({ subscription, stateAccount });
  expect(accountIn(block, subscription.toUpperCase())).toBe(stateAccount);
  expect(subscriptionOf("azure", written(block), tier)).toBe(subscription);
});

test("names of a tier are made for its subscription, and its account is not the other's", () => {
  const [nonprod, prod] = (["nonprod", "prod"] as const).map(
    (tier) => describePlatform({ manifest: written(own), tier, subscriptionId: placeOf(own, tier).subscription }).names,
  );
  expect([nonprod?.stateAccount, prod?.stateAccount]).toEqual(["stone", "sttwo"]);
});

test("the local cloud has neither of the subscriptions, nor their accounts", () => {
  expect(subscriptionOf("local", written(own), "prod")).toBe(LOCAL_SUBSCRIPTION);
  expect(accountIn(own, LOCAL_SUBSCRIPTION)).toBeNull();
  expect(accountIn(null, A)).toBeNull();
});

test.each<[string, PlatformBlock, Tier, boolean]>([
  ["a tier whose identity is noted", shared, "nonprod", true],
  ["a tier that nothing is noted of, beside one that is there", shared, "prod", false],
  ["a tier with a place of its own", { ...own, identities: shared.identities }, "prod", true],
  ["any tier of a block without identities", { ...shared, identities: {} }, "prod", true],
])("%s: settled %#", (_, block, tier, expected) => {
  expect(isSettled(block, tier)).toBe(expected);
});

describe("bootstrap writes", () => {
  test.each<[string, PlatformBlock | null, Tier, string, Partial<PlatformBlock>]>([
    ["the first tier's subscription as that of all", null, "prod", B, { subscription: B, tiers: {} }],
    ["nothing new for a tier that shares it", shared, "prod", A, shared],
    ["a place of its own for a tier elsewhere", shared, "prod", B, { subscription: A, stateAccount: "stone" }],
    ["the same again", own, "prod", B, own],
  ])("%s", (_, block, tier, subscriptionId, expected) => {
    const manifest = block ? written(block) : requireManifest(BARE, "paas.yaml");
    const made = platformBlockFor(manifest, { tier, subscriptionId, tenantId: TENANT });
    expect(made).toMatchObject(expected);
    expect(placeOf(made, tier).subscription).toBe(subscriptionId);
  });

  test("an account of its own beside the place, under the name that was chosen or one made for the subscription", () => {
    const request = { tier: "prod" as const, subscriptionId: B, tenantId: TENANT };
    const account = platformBlockFor(written(shared), request).tiers.prod?.stateAccount;
    expect(account).toMatch(/^ststateshop[a-z2-7]{8}$/);
    expect(platformBlockFor(written(shared), request, "stmine").tiers.prod?.stateAccount).toBe("stmine");
    expect(withTier(shared, "nonprod", { subscription: A, stateAccount: "stmine" }).stateAccount).toBe("stmine");
  });
});

test.each<[string, PlatformBlock, Tier, Partial<PlatformBlock>]>([
  ["prod that shares", { ...own, tiers: {} }, "prod", shared],
  ["prod with a place of its own", own, "prod", shared],
  [
    "nonprod: what prod has of its own is all that is left",
    own,
    "nonprod",
    { subscription: B, stateAccount: "sttwo", identities: { prod: PROD }, tiers: {} },
  ],
])("without %s", (_, block, tier, expected) => {
  expect(withoutTier(block, tier)).toEqual({ ...block, ...expected });
});

test.each<[Record<string, string>, string]>([
  [{}, A],
  [{ ARM_SUBSCRIPTION_ID: B.toUpperCase() }, B],
  [{ AZURE_SUBSCRIPTION_ID: B }, B],
  [{ ARM_SUBSCRIPTION_ID: "cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee" }, A],
])("who signs in with %j must see %s", (variables, expected) => {
  expect(firstSubscription(own, variables)).toBe(expected);
});

test("the local cloud of a project that is on Azure, too, names its own account", () => {
  const manifest = written(own);
  for (const tier of ["nonprod", "prod"] as const) {
    expect(localPlatform(manifest)(tier).stateAccount).toBe(stateAccountName(manifest, LOCAL_SUBSCRIPTION));
  }
});
