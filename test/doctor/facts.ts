import { PROVIDERS } from "../../src/bootstrap/plan.js";
import type { AzureFacts, Facts, FederatedCredential, GithubFacts, IdentityFact } from "../../src/doctor/facts.js";
import { identitiesOf } from "../../src/doctor/identities.js";
import { needsOfIdentity } from "../../src/doctor/needs.js";
import type { Role } from "../../src/doctor/roles.js";
import { AUDIENCE, expectedSubjects } from "../../src/doctor/subjects.js";
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

export const ISSUER = "https://token.actions.githubusercontent.com";
const PLACE = { manifest: ON_AZURE, subscriptionId: SUBSCRIPTION, tenantId: TENANT };
const environments = githubEnvironments(ON_AZURE, "main");

/** Federated credentials as they should be, by who is to have them: `nonprod`, `prod`, `plan`. */
export function credentials(of: string, prefix = PREFIX): FederatedCredential[] {
  return expectedSubjects(ON_AZURE, "main", prefix)
    .filter(({ identity }) => identity === of)
    .map(({ environment, subject }) => ({ name: environment, issuer: ISSUER, subject, audiences: [AUDIENCE] }));
}

/** The identities of both tiers, with exactly the roles that they need. */
export const IDENTITIES: IdentityFact[] = (["nonprod", "prod"] as const)
  .flatMap((tier) => identitiesOf(tier, PLACE))
  .map((expected, index) => {
    const of = expected.purpose === "plan" ? "plan" : expected.tier;
    const roles = needsOfIdentity(expected, PLACE).map(({ role: name, scope, action, data }): Role => {
      const [actions, dataActions] = data ? [[], [action]] : [[action], []];
      return { name, scope, actions, dataActions, notActions: [], notDataActions: [] };
    });
    const found = {
      clientId: expected.clientId ?? `00000000-0000-4000-8000-0000000000e${index}`,
      principalId: `00000000-0000-4000-8000-0000000000f${index}`,
      credentials: expected.purpose === "pull" ? [] : credentials(of),
      roles,
    };
    return { ...expected, found };
  });

/** The identities, one of them changed. */
export function identitiesWith(
  of: "nonprod" | "prod" | "plan" | "pull",
  change: (found: NonNullable<IdentityFact["found"]>) => IdentityFact["found"],
): { value: IdentityFact[] } {
  const isMeant = ({ purpose, tier }: IdentityFact) =>
    of === "plan" || of === "pull" ? purpose === of : purpose === "deploy" && tier === of;
  return {
    value: IDENTITIES.map((one) => (one.found && isMeant(one) ? { ...one, found: change(one.found) } : one)),
  };
}

const azure: AzureFacts = {
  signIn: { value: { who: "alice@acme.example", way: "login", tenantId: TENANT, subscriptionId: SUBSCRIPTION } },
  subscription: { value: { name: "Acme nonprod", state: "Enabled" } },
  providers: {
    value: Object.fromEntries(PROVIDERS.map(([namespace]) => [namespace, "Registered"])),
  },
  roles: { value: [{ name: "Everything", scope: `/subscriptions/${SUBSCRIPTION}`, ...ALL }] },
  tiers: ["nonprod", "prod"],
  identities: { value: IDENTITIES },
  stateAccountId: {
    value: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stshop`,
  },
  state: { value: { nonprod: { value: true }, prod: { value: true } } },
  quota: { value: { used: 2, limit: 15, region: "westeurope" } },
};

const github: GithubFacts = {
  repository: { value: { name: "acme/shop", private: false } },
  actions: { value: { enabled: true } },
  environments: {
    value: environments.map(({ name, refs, identity }) => {
      const variables = {
        AZURE_CLIENT_ID: IDENTITY[identity],
        AZURE_TENANT_ID: TENANT,
        AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
      };
      return { name, refs: { value: refs }, reviewed: identity === "prod", variables: { value: variables } };
    }),
  },
  subject: { value: { prefix: PREFIX, issuer: ISSUER, customClaims: null } },
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
  pin: { value: { spec: "1.2.3", locked: { version: "1.2.3", integrity: "sha512-paas" }, integrity: null } },
  workflows: { value: [{ path: ".github/workflows/paas-environment.yml", found: "a", rendered: "a" }] },
  github,
  azure,
  elsewhere: [],
};

export const withAzure = (change: Partial<AzureFacts>): Facts => ({ ...WELL, azure: { ...azure, ...change } });
export const withGithub = (change: Partial<GithubFacts>): Facts => ({ ...WELL, github: { ...github, ...change } });
