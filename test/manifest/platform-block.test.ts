import { expect, test } from "vitest";
import { withPlatformBlock } from "../../src/manifest/platform-block.js";

const BLOCK = {
  tenant: "11111111-2222-4333-8444-555555555555",
  subscription: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
  stateAccount: "stshop",
  identities: { nonprod: "22222222-2222-4333-8444-555555555555" },
  tiers: {},
};
const BARE = `# The shop.
name: shop # short

# What runs:
services:
  web: { runtime: node }
`;
const WRITTEN = `${BARE}
# Written by \`paas bootstrap\`; ids, no secrets.
platform:
  tenant: ${BLOCK.tenant}
  subscription: ${BLOCK.subscription}
  stateAccount: stshop
  identities:
    nonprod: ${BLOCK.identities.nonprod}
`;

test("the block is added at the end, and nothing else changes", () => {
  expect(withPlatformBlock(BARE, BLOCK)).toBe(WRITTEN);
});

test("a block that says it already stays to the letter, however it is written", () => {
  const { tenant, subscription, identities } = BLOCK;
  const flow = `platform:   {tenant: ${tenant}, subscription: ${subscription}, stateAccount: stshop, identities: {nonprod: ${identities.nonprod}}}\n${BARE}`;
  expect(withPlatformBlock(flow, BLOCK)).toBe(flow);
});

test("a changed block keeps its place and its comments", () => {
  const text = withPlatformBlock(WRITTEN.replace("stateAccount: stshop", "stateAccount: other # ours"), BLOCK);
  expect(text).toBe(WRITTEN.replace("stateAccount: stshop", "stateAccount: stshop # ours"));
});

test("taken away, the rest is as it was", () => {
  expect(withPlatformBlock(WRITTEN, null).trimEnd()).toBe(BARE.trimEnd());
});
