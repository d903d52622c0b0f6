import { describe, expect, test } from "vitest";
import type { BootstrapRequest } from "../../src/bootstrap/names.js";
import { planBootstrap } from "../../src/bootstrap/plan.js";
import type { Step } from "../../src/bootstrap/step.js";
import { othersIn } from "../../src/bootstrap/subscription.js";
import type { Tier } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";

const SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const TENANT = "11111111-2222-4333-8444-555555555555";
const MANIFEST = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: node }
`;

function request(tier: Tier, shared: boolean, more = ""): BootstrapRequest {
  return {
    manifest: requireManifest(`${MANIFEST}${more}`, "paas.yaml"),
    tier,
    shared,
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    person: { kind: "person", id: TENANT, type: "User", name: "alice@acme.example" },
    defaultBranch: "main",
    github: {
      repository: "acme/shop",
      issuer: "https://token.actions.githubusercontent.com",
      subjectPrefix: "repo:acme@1/shop@2",
    },
  };
}

const ALL: [Tier, boolean][] = [
  ["nonprod", false],
  ["nonprod", true],
  ["prod", false],
  ["prod", true],
];
const stepsOf = (tier: Tier, shared: boolean, more = "") => planBootstrap(request(tier, shared, more)).steps;
const grantsOf = (steps: Step[]) =>
  steps.flatMap((step) =>
    step.kind === "role" ? [`${step.principal.name}: ${step.name} @ ${step.scope.split("/").at(-1)}`] : [],
  );

/** Owner, User Access Administrator, Role Based Access Control Administrator: whoever holds one holds all. */
const TOO_MUCH = [
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
];

describe.each(ALL)("%s, shared: %s", (tier, shared) => {
  const steps = stepsOf(tier, shared);

  test("workflows never may hand out roles, nor let an identity trust somebody", () => {
    for (const step of steps) {
      if (step.kind === "role") expect(TOO_MUCH).not.toContain(step.role.id);
      if (step.kind !== "roleDefinition") continue;
      const writes = step.role.actions.filter((action) => !action.endsWith("/read"));
      expect(
        writes.filter((action) =>
          /Authorization|federatedIdentityCredentials|^\*|userAssignedIdentities\/\*/.test(action),
        ),
      ).toEqual([]);
    }
  });

  test("an identity sees the states of its own tier alone", () => {
    const containers = steps.flatMap((step) =>
      step.kind === "role" && step.scope.includes("/containers/") ? [step.scope.split("/").at(-1)] : [],
    );
    expect(new Set(containers)).toEqual(new Set([`tier-${tier}`]));
  });

  test("every step is told by name and place once", () => {
    const keys = steps.map(
      (step) =>
        `${step.kind} ${step.name} ${step.scope} ${"principal" in step ? step.principal.id : ""} ${"environment" in step ? step.environment : ""}`,
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});

test("roles in a subscription of its own", () => {
  expect(grantsOf(stepsOf("nonprod", false))).toEqual([
    "alice@acme.example: Storage Blob Data Contributor @ tier-nonprod",
    "id-pull-shop-platform-nonprod: AcrPull @ crshopplatformnonprodj3ltlsmo",
    `id-shop-nonprod: Contributor @ ${SUBSCRIPTION}`,
    "id-shop-nonprod: Storage Blob Data Contributor @ tier-nonprod",
    "id-shop-nonprod: AcrPush @ crshopplatformnonprodj3ltlsmo",
    "id-shop-nonprod: AcrDelete @ crshopplatformnonprodj3ltlsmo",
    "id-shop-nonprod: Managed Identity Operator @ id-pull-shop-platform-nonprod",
    `id-shop-plan: paas plan shop abcdefgh @ ${SUBSCRIPTION}`,
    "id-shop-plan: Storage Blob Data Reader @ tier-nonprod",
  ]);
});

test("in a shared one the narrow role takes the place of Contributor", () => {
  expect(grantsOf(stepsOf("prod", true))).toContain(`id-shop-prod: paas deploy prod shop abcdefgh @ ${SUBSCRIPTION}`);
  expect(grantsOf(stepsOf("prod", true)).join()).not.toContain(": Contributor");
});

test.each<[Tier, string[]]>([
  ["nonprod", ["dev", "paas-branch", "paas-destroy", "paas-plan", "paas-preview", "staging"]],
  ["prod", ["prod"]],
])("GitHub environments of %s, each trusted by one identity", (tier, names) => {
  const steps = stepsOf(tier, false);
  const trusted = steps.flatMap((step) => (step.kind === "federation" ? [step.subject] : []));
  expect(trusted.sort()).toEqual(names.map((name) => `repo:acme@1/shop@2:environment:${name}`));
  const made = steps.flatMap((step) => (step.kind === "githubEnvironment" ? [step.name] : []));
  expect(made.sort()).toEqual(names);
});

test("more GitHub environments than an identity may trust are told", () => {
  const listed = Array.from({ length: 20 }, (_, index) => `  site${index}: { branch: site-${index} }\n`).join("");
  const { warnings } = planBootstrap(request("nonprod", false, `environments:\n${listed}`));
  expect(warnings.join()).toContain("Azure admits 20");
});

const PLATFORM = `platform: { tenant: ${TENANT}, subscription: ${SUBSCRIPTION}, stateAccount: stone, tiers: { prod: { subscription: ${TENANT}, stateAccount: sttwo } } }\n`;

test.each<[string, Tier, string, boolean]>([
  ["", "prod", SUBSCRIPTION, true],
  ["", "nonprod", SUBSCRIPTION, false],
  [PLATFORM, "prod", TENANT, false],
])("%# production beside branches in one subscription is warned of: %s", (more, tier, subscriptionId, warned) => {
  const { warnings } = planBootstrap({ ...request(tier, false, more), subscriptionId });
  expect(warnings.some((text) => text.includes("prod shares this subscription with nonprod"))).toBe(warned);
});

test("with a subscription of its own nothing of a tier lies or is granted elsewhere", () => {
  const { steps } = planBootstrap({ ...request("prod", false, PLATFORM), subscriptionId: TENANT });
  const scopes = steps.map(({ scope }) => scope).filter((scope) => scope.startsWith("/subscriptions/"));
  expect(scopes.length).toBeGreaterThan(20);
  expect(scopes.filter((scope) => !scope.startsWith(`/subscriptions/${TENANT}`))).toEqual([]);
});

test.each<[string, Record<string, string>, Tier, string[]]>([
  ["rg-shop-alice", { "paas-project-id": "p", "paas-tier": "nonprod" }, "nonprod", []],
  ["rg-shop-platform", { "paas-project-id": "p" }, "prod", []],
  ["rg-shop-alice", { "paas-project-id": "p", "paas-tier": "nonprod" }, "prod", ["rg-shop-alice"]],
  ["rg-other", {}, "nonprod", ["rg-other"]],
  ["rg-other", { "paas-project-id": "q" }, "nonprod", ["rg-other"]],
  ["NetworkWatcherRG", {}, "nonprod", []],
  ["ME_cae-shop_rg_westeurope", {}, "nonprod", []],
])("group %s with tags %j beside %s", (name, tags, tier, others) => {
  expect(othersIn([{ name, tags }], "p", tier)).toEqual(others);
});
