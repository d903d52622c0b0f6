import { expect, test } from "vitest";
import { CHECKS, countsOf, diagnose } from "../../src/doctor/diagnose.js";
import type { Facts, FederatedCredential, GithubEnvironmentFact } from "../../src/doctor/facts.js";
import { requireManifest } from "../../src/manifest/parse.js";
import {
  ALL,
  credentials,
  IDENTITY,
  MANIFEST,
  PLATFORM,
  PREFIX,
  SUBSCRIPTION,
  WELL,
  withAzure,
  withGithub,
} from "./facts.js";

const HOME = `/subscriptions/${SUBSCRIPTION}`;
const PULL = "Microsoft.ManagedIdentity/userAssignedIdentities";
const READER = {
  name: "Reader",
  scope: HOME,
  actions: ["*/read"],
  notActions: [],
  dataActions: [],
  notDataActions: [],
};
const CONTRIBUTOR = { ...READER, name: "Contributor", actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"] };
const BY_WORKFLOW = { value: { who: "c", way: "github-actions", tenantId: "t", subscriptionId: SUBSCRIPTION } };
const DEDICATED = requireManifest(`${MANIFEST}isolation: dedicated\n${PLATFORM}`, "paas.yaml");
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

test("where all is well, nothing is said but that", () => {
  const findings = diagnose(WELL);
  expect(findings.filter(({ status }) => status !== "ok").map(({ check }) => check)).toEqual(["local-cloud"]);
  expect(findings.map(({ check }) => check)).toEqual(CHECKS.map(({ id }) => id));
  expect(countsOf(findings)).toEqual({ ok: CHECKS.length - 1, warning: 0, failure: 0, skipped: 1 });
});

const rows: [
  what: string,
  facts: Facts,
  check: string,
  status: string,
  line: RegExp | string,
  fix?: RegExp | string,
][] = [
  ["an old Node", { ...WELL, node: "20.18.3" }, "node", "failure", "older than 20.19", "nodejs.org"],
  ["the oldest Node", { ...WELL, node: "20.19.0" }, "node", "ok", "20.19.0"],
  ["an old git", { ...WELL, git: { value: "2.25.1" } }, "git", "failure", "older than 2.30"],
  [
    "no Terraform",
    { ...WELL, terraform: { failed: "Terraform is not installed", details: ["looked on PATH"], next: "install it" } },
    "terraform",
    "failure",
    "Terraform is not installed; looked on PATH",
    "install it",
  ],
  [
    "OpenTofu",
    { ...WELL, terraform: { value: { version: "1.9.0", path: "tofu", flavour: "tofu" } } },
    "terraform",
    "ok",
    "OpenTofu 1.9.0",
  ],
  [
    "no Docker on Azure",
    { ...WELL, buildx: { failed: "not here", next: "get it" } },
    "buildx",
    "warning",
    "not here",
    "get it",
  ],
  [
    "no Docker on this machine",
    { ...WELL, buildx: { failed: "not here" }, cloud: { value: { name: "local", because: "b" } } },
    "buildx",
    "skipped",
    "without Docker",
  ],
  [
    "a broken manifest",
    { ...WELL, manifest: { failed: "paas.yaml is wrong", details: ["line 3: x"] } },
    "manifest",
    "failure",
    "line 3",
  ],
  [
    "a stopped local cloud",
    { ...WELL, local: { value: { state: "stopped" } } },
    "local-cloud",
    "ok",
    "starts by itself",
  ],
  [
    "a local cloud that does not answer",
    { ...WELL, local: { value: { state: "unhealthy", detail: "process 7 does not answer" } } },
    "local-cloud",
    "failure",
    "process 7",
    "paas local stop",
  ],
  [
    "workflows with another version",
    { ...WELL, pin: { value: "1.2.2" } },
    "cli-pin",
    "warning",
    "run 1.2.2, and this is 1.2.3",
    "paas init",
  ],
  [
    "a vendored version",
    { ...WELL, pin: { value: "file:vendor/paas-cli-1.2.3-0a1b2c3d.tgz" } },
    "cli-pin",
    "ok",
    "1.2.3",
  ],
  ["a range", { ...WELL, pin: { value: "^1.2.0" } }, "cli-pin", "warning", "no exact version"],
  ["no pin", { ...WELL, pin: { value: null } }, "cli-pin", "skipped", "pins no paas-cli"],
  [
    "a workflow of another version",
    { ...WELL, workflows: { value: [{ path: "w.yml", found: "a", rendered: "b" }] } },
    "workflows",
    "warning",
    "w.yml is not what this version writes",
    "paas init",
  ],
  [
    "a workflow that is missing beside others",
    {
      ...WELL,
      workflows: {
        value: [
          { path: "w.yml", found: null, rendered: "b" },
          { path: "v.yml", found: "b", rendered: "b" },
        ],
      },
    },
    "workflows",
    "warning",
    "w.yml is not there",
  ],
  [
    "no workflows",
    { ...WELL, workflows: { value: [{ path: "w.yml", found: null, rendered: "b" }] } },
    "workflows",
    "skipped",
    "start nothing",
  ],
  [
    "nobody signed in",
    withAzure({ signIn: { failed: "you are not signed in to Azure", next: "`paas login`" } }),
    "azure-sign-in",
    "failure",
    "not signed in",
    "paas login",
  ],
  [
    "a disabled subscription",
    withAzure({ subscription: { value: { name: "Acme", state: "Disabled" } } }),
    "azure-subscription",
    "failure",
    "Acme is Disabled",
  ],
  [
    "a provider that is not registered",
    withAzure({ providers: { value: { "Microsoft.App": "NotRegistered" } } }),
    "azure-providers",
    "failure",
    "Microsoft.App (NotRegistered), Microsoft.ContainerRegistry (unknown)",
    "az provider register",
  ],
  [
    "a reader",
    withAzure({ roles: { value: [READER] } }),
    "azure-roles",
    "failure",
    "no role to make and delete resource groups",
    "give Contributor on /subscriptions/",
  ],
  [
    "a contributor without data",
    withAzure({ roles: { value: [CONTRIBUTOR] } }),
    "azure-roles",
    "failure",
    "no role to read and write the state of tier nonprod",
    "Storage Blob Data Contributor",
  ],
  [
    "an owner by hand",
    withAzure({ roles: { value: [{ name: "Owner", scope: HOME, ...ALL }] } }),
    "azure-roles",
    "ok",
    "nothing that `up` needs is missing",
  ],
  [
    "an owner in a workflow",
    withAzure({ signIn: BY_WORKFLOW, roles: { value: [{ name: "Owner", scope: HOME, ...ALL }] } }),
    "azure-roles",
    "failure",
    "holds Owner",
    "take that role away",
  ],
  [
    "no state account",
    withAzure({ stateAccountId: { failed: "no state account stshop" } }),
    "azure-state",
    "failure",
    "stshop",
  ],
  [
    "a state container behind a firewall",
    withAzure({ state: { value: { prod: { failed: "firewall" } } } }),
    "azure-state",
    "failure",
    "firewall",
  ],
  [
    "no quota left, shared",
    withAzure({ quota: { value: { used: 15, limit: 15, region: "r" } } }),
    "azure-quota",
    "warning",
    "15 of 15",
  ],
  [
    "no quota at all",
    withAzure({ quota: { value: { used: 0, limit: 0, region: "r" } } }),
    "azure-quota",
    "failure",
    "0 of 0",
  ],
  [
    "no quota left, dedicated",
    { ...withAzure({ quota: { value: { used: 15, limit: 15, region: "r" } } }), manifest: { value: DEDICATED } },
    "azure-quota",
    "failure",
    "no room",
    "isolation: shared",
  ],
  ["a quota nobody may read", withAzure({ quota: { failed: "403" } }), "azure-quota", "warning", "403"],
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
];

test.each(rows)("%s", (_, facts, check, status, line, fix) => {
  const found = diagnose(facts).filter((finding) => finding.check === check && finding.status === status);
  expect(found.map((finding) => finding.line).join("\n")).toMatch(
    line instanceof RegExp ? line : new RegExp(escaped(line)),
  );
  if (fix) expect(found.map((finding) => finding.fix).join("\n")).toMatch(new RegExp(escaped(String(fix))));
  expect(found.every((finding) => (finding.fix === null) === ["ok", "skipped"].includes(finding.status))).toBe(true);
});

test("roles on parts are enough where they cover what is needed", () => {
  const { stateAccountId, platforms } = WELL.azure;
  const data = {
    ...READER,
    actions: [],
    dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"],
  };
  const parts = platforms.flatMap(({ resourceGroup }) => {
    const scope = `${HOME}/resourcegroups/${resourceGroup.toUpperCase()}`;
    return [
      { ...READER, scope, actions: ["Microsoft.ContainerRegistry/registries/push/write"] },
      { ...READER, scope, actions: [`${PULL}/*/assign/action`, `${PULL}/assign/action`] },
    ];
  });
  const account = "value" in stateAccountId ? stateAccountId.value : "";
  const groups = { ...READER, actions: ["Microsoft.Resources/subscriptions/resourceGroups/*", "Microsoft.App/*"] };
  const facts = withAzure({ roles: { value: [groups, { ...data, scope: account }, ...parts] } });
  expect(
    diagnose(facts)
      .filter(({ check }) => check === "azure-roles")
      .map(({ status }) => status),
  ).toEqual(["ok"]);
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
