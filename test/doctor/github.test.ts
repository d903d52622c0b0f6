import type { FederatedCredential, GithubEnvironmentFact } from "../../src/doctor/facts.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { credentials, IDENTITY, MANIFEST, PLATFORM, PREFIX, WELL, withAzure, withGithub } from "./facts.js";
import { testRows } from "./rows.js";

const NOT_BOOTSTRAPPED = requireManifest(MANIFEST, "paas.yaml");
const environmentsWith = (name: string, refs: GithubEnvironmentFact["refs"] | null) => {
  if (!("value" in WELL.github.environments)) throw new Error("the sample has environments");
  const others = WELL.github.environments.value.filter((one) => one.name !== name);
  return { value: refs === null ? others : [...others, { name, refs }] };
};
const credentialsWith = (change: (held: FederatedCredential[]) => FederatedCredential[]) => {
  const all = credentials();
  return { value: { ...all, [IDENTITY.nonprod]: change(all[IDENTITY.nonprod] ?? []) } };
};
const NONPROD_ONLY = requireManifest(MANIFEST + PLATFORM.replace(`prod: ${IDENTITY.prod}, `, ""), "paas.yaml");
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
    withGithub({ environments: environmentsWith("prod", { value: null }) }),
    "github-environments",
    "failure",
    "prod is open to every branch",
  ],
  [
    "the same on a free private repository",
    withGithub({ repository: hidden, environments: environmentsWith("prod", { value: null }) }),
    "github-environments",
    "warning",
    "Free plan",
    "Pro, Team",
  ],
  [
    "policies that GitHub does not tell",
    withGithub({ environments: environmentsWith("prod", { failed: "422" }) }),
    "github-environments",
    "warning",
    "Free plan",
  ],
  [
    "a policy without the branch",
    withGithub({ environments: environmentsWith("paas-branch", { value: ["env-*", "main"] }) }),
    "github-environments",
    "failure",
    "does not admit env-*/**/*",
  ],
  [
    "a policy with too many branches",
    withGithub({ environments: environmentsWith("prod", { value: ["main", "*"] }) }),
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
    withGithub({ subject: { value: { prefix: PREFIX, customClaims: ["repo"] } } }),
    "oidc-subject",
    "failure",
    "customises its subjects (repo)",
    "use_default=true",
  ],
  [
    "GitHub's form said in full",
    withGithub({ subject: { value: { prefix: PREFIX, customClaims: ["repo", "context"] } } }),
    "oidc-subject",
    "ok",
    PREFIX,
  ],
  [
    "credentials of names, and a subject of ids",
    withAzure({ credentials: { value: credentials("repo:acme/shop") } }),
    "oidc-trust",
    "failure",
    `Azure trusts repo:acme/shop:environment:paas-branch, and GitHub gives ${PREFIX}:environment:paas-branch`,
    "paas bootstrap",
  ],
  [
    "a credential in other letters",
    withAzure({ credentials: { value: credentials(PREFIX.toUpperCase().replace("REPO", "repo")) } }),
    "oidc-trust",
    "failure",
    "Azure trusts repo:ACME@9919/SHOP@123456",
  ],
  [
    "a credential that is missing",
    withAzure({ credentials: credentialsWith((held) => held.slice(1)) }),
    "oidc-trust",
    "failure",
    "no identity trusts",
  ],
  [
    "a credential of another issuer",
    withAzure({ credentials: credentialsWith((held) => held.map((one) => ({ ...one, issuer: "https://elsewhere" }))) }),
    "oidc-trust",
    "failure",
    "no identity trusts",
  ],
  [
    "a credential for somebody else",
    withAzure({
      credentials: credentialsWith((held) => [
        ...held,
        { ...held[0], name: "x", issuer: "i", subject: "repo:evil/x:ref:refs/heads/main", audiences: [] },
      ]),
    }),
    "oidc-trust",
    "warning",
    "repo:evil/x:ref:refs/heads/main may sign in, too",
  ],
  [
    "an identity that is gone",
    withAzure({ credentials: { value: {} } }),
    "oidc-trust",
    "failure",
    "is not in the subscription",
  ],
  [
    "a tier that was not bootstrapped",
    { ...WELL, manifest: { value: NONPROD_ONLY } },
    "oidc-trust",
    "warning",
    "names no identity for prod",
    "paas bootstrap --tier prod",
  ],
]);
