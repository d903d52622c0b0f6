import type { AzureFacts, Facts, GithubFacts } from "../../src/doctor/facts.js";
import { AUDIENCE, expectedSubjects, ISSUER } from "../../src/doctor/subjects.js";
import { describePlatform } from "../../src/environment/platform.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { githubEnvironments } from "../../src/workflow/github-environments.js";

export const SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
export const TENANT = "11111111-2222-4333-8444-555555555555";
export const IDENTITY = {
  nonprod: "00000000-0000-4000-8000-00000000000a",
  prod: "00000000-0000-4000-8000-00000000000b",
  plan: "00000000-0000-4000-8000-00000000000c",
};
export const PREFIX = "repo:acme@9919/shop@123456";

export const MANIFEST = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { path: ., runtime: node }
environments:
  prod: { branch: main, tier: prod }
`;
export const PLATFORM = `platform:
  tenant: ${TENANT}
  subscription: ${SUBSCRIPTION}
  stateAccount: stshop
  identities: { nonprod: ${IDENTITY.nonprod}, prod: ${IDENTITY.prod}, plan: ${IDENTITY.plan} }
`;
export const ON_AZURE = requireManifest(MANIFEST + PLATFORM, "paas.yaml");

/** A role that allows everything on the resource, as Owner does, and one for everything in it. */
export const ALL = { actions: ["*"], notActions: [], dataActions: ["*"], notDataActions: [] };

const platforms = (["nonprod", "prod"] as const).map((tier) =>
  describePlatform({ manifest: ON_AZURE, tier, subscriptionId: SUBSCRIPTION }),
);
const environments = githubEnvironments(ON_AZURE, "main");

/** Federated credentials as they should be. */
export function credentials(
  prefix = PREFIX,
): Record<string, { name: string; issuer: string; subject: string; audiences: string[] }[]> {
  const of = (clientId: string) =>
    expectedSubjects(ON_AZURE, "main", prefix)
      .filter((expected) => expected.clientId === clientId)
      .map(({ environment, subject }) => ({ name: environment, issuer: ISSUER, subject, audiences: [AUDIENCE] }));
  return Object.fromEntries(Object.values(IDENTITY).map((clientId) => [clientId, of(clientId)]));
}

const azure: AzureFacts = {
  signIn: { value: { who: "alice@acme.example", way: "login", tenantId: TENANT, subscriptionId: SUBSCRIPTION } },
  subscription: { value: { name: "Acme nonprod", state: "Enabled" } },
  providers: {
    value: Object.fromEntries(
      ["App", "ContainerRegistry", "KeyVault", "ManagedIdentity", "OperationalInsights", "Storage"].map((name) => [
        `Microsoft.${name}`,
        "Registered",
      ]),
    ),
  },
  roles: { value: [{ name: "Everything", scope: `/subscriptions/${SUBSCRIPTION}`, ...ALL }] },
  platforms,
  credentials: { value: credentials() },
  stateAccountId: {
    value: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stshop`,
  },
  state: { value: { nonprod: { value: true }, prod: { value: true } } },
  quota: { value: { used: 2, limit: 15, region: "westeurope" } },
};

const github: GithubFacts = {
  repository: { value: { name: "acme/shop", private: false } },
  actions: { value: { enabled: true } },
  environments: { value: environments.map(({ name, refs }) => ({ name, refs: { value: refs } })) },
  subject: { value: { prefix: PREFIX, customClaims: null } },
  defaultBranch: "main",
};

/** A project on Azure where all is well; rows of tables change one thing. */
export const WELL: Facts = {
  cli: "1.2.3",
  node: "22.14.0",
  git: { value: "2.47.1" },
  terraform: { value: { version: "1.11.4", path: "terraform", flavour: "terraform" } },
  buildx: { value: "0.17.1" },
  manifest: { value: ON_AZURE },
  cloud: { value: { name: "azure", because: "paas.yaml has a platform" } },
  local: { skipped: "environments live on Azure" },
  pin: { value: "1.2.3" },
  workflows: { value: [{ path: ".github/workflows/paas-environment.yml", found: "a", rendered: "a" }] },
  github,
  azure,
};

export const withAzure = (change: Partial<AzureFacts>): Facts => ({ ...WELL, azure: { ...azure, ...change } });
export const withGithub = (change: Partial<GithubFacts>): Facts => ({ ...WELL, github: { ...github, ...change } });
