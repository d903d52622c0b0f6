import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { Facts, FederatedCredential, GithubEnvironmentFact } from "../../src/doctor/facts.js";
import { requireManifest } from "../../src/manifest/parse.js";
import {
  credentials,
  IDENTITIES,
  IDENTITY,
  identitiesWith,
  MANIFEST,
  PLATFORM,
  PREFIX,
  SUBSCRIPTION,
  WELL,
  withAzure,
  withGithub,
} from "./facts.js";
import { testRows } from "./rows.js";

const NOT_BOOTSTRAPPED = requireManifest(MANIFEST, "paas.yaml");
/** The environments, one of them changed or, with null, not there. */
const environmentsWith = (name: string, change: Partial<GithubEnvironmentFact> | null) => {
  if (!("value" in WELL.github.environments)) throw new Error("the sample has environments");
  return {
    value: WELL.github.environments.value.flatMap((one) => {
      if (one.name !== name) return one;
      return change === null ? [] : { ...one, ...change };
    }),
  };
};
const credentialsWith = (change: (held: FederatedCredential[]) => FederatedCredential[]) =>
  identitiesWith("nonprod", (found) => ({ ...found, credentials: change(found.credentials) }));
const prefixed = (prefix: string) => credentialsWith(() => credentials("nonprod", prefix));
const EVIL = { name: "x", issuer: "i", audiences: [] };
const NONPROD_ONLY = requireManifest(MANIFEST + PLATFORM.replace(`prod: ${IDENTITY.prod}, `, ""), "paas.yaml");
const OTHER = "99999999-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const SPLIT = requireManifest(
  `${MANIFEST}${PLATFORM}  tiers:\n    prod: { subscription: ${OTHER}, stateAccount: stprod }\n`,
  "paas.yaml",
);
const NONPROD = IDENTITIES.filter(({ tier }) => tier === "nonprod");
const PROD = IDENTITIES.filter(({ tier }) => tier === "prod");
const UNSEEN = {
  ...WELL.azure,
  tiers: ["prod" as const],
  identities: { failed: "could not list the identities: 403", details: ["too little"], next: "another sign-in" },
};
const hidden = { value: { name: "acme/shop", private: true } };

testRows([
  [
    "Actions turned off",
    withGithub({ actions: { value: { enabled: false } } }),
    "github-actions",
    "failure",
    "turned off",
  ],
  [
    "settings that the token may not read",
    withGithub({ actions: { failed: "GitHub answered 403" } }),
    "github-actions",
    "warning",
    "403",
  ],
  [
    "an environment that is missing",
    withGithub({ environments: environmentsWith("paas-plan", null) }),
    "github-environments",
    "failure",
    "paas-plan is not there",
    "paas bootstrap",
  ],
  [
    "an environment without a policy",
    withGithub({ environments: environmentsWith("prod", { refs: { value: null } }) }),
    "github-environments",
    "failure",
    "prod is open to every branch",
  ],
  [
    "the same on a free private repository",
    withGithub({ repository: hidden, environments: environmentsWith("prod", { refs: { value: null } }) }),
    "github-environments",
    "warning",
    "Free plan",
    "Pro, Team",
  ],
  [
    "policies that GitHub does not tell",
    withGithub({ environments: environmentsWith("prod", { refs: { failed: "422" } }) }),
    "github-environments",
    "warning",
    "Free plan",
  ],
  [
    "a policy without the branch",
    withGithub({ environments: environmentsWith("paas-branch", { refs: { value: ["env-*", "main"] } }) }),
    "github-environments",
    "failure",
    "does not admit env-*/**/*",
  ],
  [
    "a policy with too many branches",
    withGithub({ environments: environmentsWith("prod", { refs: { value: ["main", "*"] } }) }),
    "github-environments",
    "warning",
    "prod also admits *",
  ],
  [
    "a project that is not bootstrapped",
    { ...WELL, manifest: { value: NOT_BOOTSTRAPPED } },
    "github-environments",
    "skipped",
    "no identities yet",
  ],
  [
    "custom subjects",
    withGithub({ subject: { value: { prefix: PREFIX, issuer: "i", customClaims: ["repo"] } } }),
    "oidc-subject",
    "failure",
    "customises its subjects (repo)",
    "use_default=true",
  ],
  [
    "GitHub's form said in full",
    withGithub({ subject: { value: { prefix: PREFIX, issuer: "i", customClaims: ["repo", "context"] } } }),
    "oidc-subject",
    "ok",
    PREFIX,
  ],
  [
    "credentials of names, and a subject of ids",
    withAzure({ identities: prefixed("repo:acme/shop") }),
    "oidc-trust",
    "failure",
    `Azure trusts repo:acme/shop:environment:paas-branch, and GitHub gives ${PREFIX}:environment:paas-branch`,
    "paas bootstrap",
  ],
  [
    "a credential in other letters",
    withAzure({ identities: prefixed(PREFIX.toUpperCase().replace("REPO", "repo")) }),
    "oidc-trust",
    "failure",
    "Azure trusts repo:ACME@9919/SHOP@123456",
  ],
  [
    "a credential that is missing",
    withAzure({ identities: credentialsWith((held) => held.slice(1)) }),
    "oidc-trust",
    "failure",
    "no identity trusts",
  ],
  [
    "a credential of another issuer",
    withAzure({ identities: credentialsWith((held) => held.map((one) => ({ ...one, issuer: "https://elsewhere" }))) }),
    "oidc-trust",
    "failure",
    "no identity trusts",
  ],
  [
    "a credential for somebody else",
    withAzure({
      identities: credentialsWith((held) => [...held, { ...EVIL, subject: "repo:evil/x:ref:refs/heads/main" }]),
    }),
    "oidc-trust",
    "warning",
    "repo:evil/x:ref:refs/heads/main may sign in, too",
  ],
  [
    "a credential for an environment of that name in somebody else's repository",
    withAzure({
      identities: credentialsWith((held) => [...held, { ...EVIL, subject: "repo:evil/x:environment:paas-branch" }]),
    }),
    "oidc-trust",
    "warning",
    "repo:evil/x:environment:paas-branch may sign in, too",
  ],
  [
    "a credential of an identity that nobody signs in as",
    withAzure({
      identities: identitiesWith("pull", (found) => ({ ...found, credentials: credentials("nonprod") })),
    }),
    "oidc-trust",
    "warning",
    ":environment:paas-branch may sign in, too",
  ],
  [
    "an identity that is gone",
    withAzure({ identities: identitiesWith("nonprod", () => null) }),
    "oidc-trust",
    "failure",
    "is not in the subscription",
  ],
  [
    "an identity that was made anew",
    withAzure({ identities: identitiesWith("plan", (found) => ({ ...found, clientId: "another-id" })) }),
    "oidc-trust",
    "failure",
    `paas.yaml names ${IDENTITY.plan} for plan, and id-shop-plan is another-id`,
    "paas bootstrap",
  ],
  [
    "a variable with somebody else's identity",
    withGithub({
      environments: environmentsWith("paas-plan", { variables: { value: { AZURE_CLIENT_ID: IDENTITY.nonprod } } }),
    }),
    "github-variables",
    "failure",
    `AZURE_CLIENT_ID of paas-plan is ${IDENTITY.nonprod}, and paas.yaml says ${IDENTITY.plan}`,
    `gh variable set AZURE_CLIENT_ID --env paas-plan --body ${IDENTITY.plan}`,
  ],
  [
    "a variable with the subscription of another tier",
    { ...WELL, manifest: { value: SPLIT } },
    "github-variables",
    "failure",
    `AZURE_SUBSCRIPTION_ID of prod is ${SUBSCRIPTION}, and paas.yaml says ${OTHER}`,
  ],
  [
    "a variable that is missing",
    withGithub({ environments: environmentsWith("prod", { variables: { value: {} } }) }),
    "github-variables",
    "failure",
    "AZURE_TENANT_ID of prod is not set",
    "paas bootstrap",
  ],
  [
    "variables that the token may not read",
    withGithub({ environments: environmentsWith("prod", { variables: { failed: "GitHub answered 403" } }) }),
    "github-variables",
    "warning",
    "403",
    "the token of an administrator",
  ],
  [
    "production without reviewers",
    withGithub({ environments: environmentsWith("prod", { reviewed: false }) }),
    "github-environments",
    "warning",
    "nobody is asked before a job of prod starts",
    "Required reviewers",
  ],
  [
    "the same in a private repository",
    withGithub({ repository: hidden, environments: environmentsWith("prod", { reviewed: false }) }),
    "github-environments",
    "warning",
    "nobody is asked",
    "GitHub Enterprise",
  ],
  [
    "a tier that was not bootstrapped",
    { ...WELL, manifest: { value: NONPROD_ONLY } },
    "oidc-trust",
    "warning",
    "names no identity for prod",
    "paas bootstrap --tier prod",
  ],
  [
    "a tier elsewhere that nobody may look at",
    { ...withAzure({ tiers: ["nonprod"], identities: { value: NONPROD } }), elsewhere: [UNSEEN] },
    "oidc-trust",
    "warning",
    "prod: what its identities trust is not known: could not list the identities: 403; too little",
    "another sign-in",
  ],
]);

test("only subjects whose identity was looked at count as trusted", () => {
  const ofNonprod = credentials("nonprod").length + credentials("plan").length;
  const ofProd = credentials("prod").length;
  const said = (facts: Facts) =>
    diagnose(facts).flatMap(({ check, status, line }) => (check === "oidc-trust" ? [[status, line]] : []));
  const seen = { ...WELL.azure, tiers: ["prod" as const], identities: { value: PROD } };
  const nonprod = withAzure({ tiers: ["nonprod"], identities: { value: NONPROD } });
  expect(said({ ...nonprod, elsewhere: [seen] })).toEqual([
    ["ok", `${ofNonprod + ofProd} subjects, each trusted by its identity`],
  ]);
  expect(said({ ...nonprod, elsewhere: [UNSEEN] })).toEqual([
    ["warning", expect.stringContaining("prod: what its identities trust is not known")],
    ["ok", `${ofNonprod} subjects, each trusted by its identity`],
  ]);
  expect(said({ ...WELL, elsewhere: [] })).toEqual(said({ ...nonprod, elsewhere: [seen] }));
  const unseenHere = {
    ...withAzure(UNSEEN),
    elsewhere: [{ ...WELL.azure, tiers: ["nonprod" as const], identities: { value: NONPROD } }],
  };
  expect(said(unseenHere)).toEqual(said({ ...nonprod, elsewhere: [UNSEEN] }));
});
