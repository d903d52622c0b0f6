import { describePlatform } from "../environment/platform.js";
import { TAG } from "../environment/tags.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { type GithubEnvironment, githubEnvironments } from "../workflow/github-environments.js";
import { type BootstrapRequest, bootstrapNames, type Names } from "./names.js";
import { BUILT_IN, type BuiltIn, type CustomRole, deployerRole, planRole } from "./roles.js";
import type { BootstrapPlan, GrantedRole, Place, Principal, Step } from "./step.js";

/** What has to be registered before resources of these kinds can be made. */
const PROVIDERS: [namespace: string, why: string][] = [
  ["Microsoft.App", "container apps"],
  ["Microsoft.OperationalInsights", "logs"],
  ["Microsoft.ContainerRegistry", "images"],
  ["Microsoft.ManagedIdentity", "identities"],
  ["Microsoft.KeyVault", "secrets"],
  ["Microsoft.Storage", "states"],
];

const KEPT_DELETED = 30;
const KEPT_VERSIONS = 90;

/** Azure's limit of federated credentials per identity. */
export const MOST_FEDERATIONS = 20;

/** Everything that `paas bootstrap` makes, grants and registers for one tier, in the order in which it is done. */
export function planBootstrap(request: BootstrapRequest): BootstrapPlan {
  const names = bootstrapNames(request);
  return {
    tier: request.tier,
    steps: [
      ...providerSteps(request),
      ...accountSteps(request, names),
      ...ownAccess(request, names),
      ...platformSteps(request, names),
      ...identitySteps(request, names),
      ...roleSteps(request, names),
      ...githubSteps(request, names),
      manifestStep(),
    ],
    warnings: warningsFor(request),
  };
}

function providerSteps({ subscriptionId }: BootstrapRequest): Step[] {
  const scope = `/subscriptions/${subscriptionId}`;
  return PROVIDERS.map(([namespace, why]) => {
    return { kind: "provider", place: inSubscription(subscriptionId), name: namespace, namespace, scope, why };
  });
}

/** The group is not of one tier: the state account is the project's, and no workflow's identity may change it. */
function accountSteps({ manifest, subscriptionId }: BootstrapRequest, names: Names): Step[] {
  const { group, groupId, accountId, platform, container, containerId } = names;
  const place = inGroup(group);
  const common = { place, scope: accountId };
  const kept = { location: manifest.location, tags: tagsOf(manifest) };
  const account = platform.stateAccount;
  return [
    {
      ...kept,
      kind: "group",
      place: inSubscription(subscriptionId),
      name: group,
      scope: groupId,
      why: "holds states and identities",
    },
    { ...common, ...kept, kind: "account", name: account, why: "states and records; Entra sign-in only, no keys" },
    {
      ...common,
      kind: "protection",
      account,
      name: "versions",
      days: KEPT_DELETED,
      why: `versions of every state; what is deleted stays ${KEPT_DELETED} days`,
    },
    {
      ...common,
      kind: "expiry",
      account,
      name: "expiry",
      days: KEPT_VERSIONS,
      why: `old versions go after ${KEPT_VERSIONS} days`,
    },
    {
      ...common,
      kind: "lock",
      name: "paas-state",
      notes: "States of paas. Remove with `paas bootstrap --remove`.",
      why: "nobody deletes it by mistake",
    },
    { kind: "container", place, name: container, container, scope: containerId, why: "states of this tier" },
  ];
}

/** Whoever makes an account may not read its blobs; the platform's own state is written in their name. */
function ownAccess({ person }: BootstrapRequest, { group, container, containerId }: Names): Step[] {
  const place = inGroup(group);
  return [
    roleStep("Storage Blob Data Contributor", person, { place, scope: containerId }, "you: the platform's own state"),
    {
      kind: "access",
      place,
      name: container,
      container,
      scope: containerId,
      needs: "Storage Blob Data Contributor",
      why: "wait until that role works",
    },
  ];
}

function platformSteps({ manifest, tier, subscriptionId }: BootstrapRequest, { platform }: Names): Step[] {
  const { names } = describePlatform({ manifest, tier, subscriptionId });
  const place = inGroup(platform.resourceGroup);
  return [
    {
      kind: "stack",
      place,
      name: "platform stack",
      scope: `/subscriptions/${subscriptionId}/resourceGroups/${platform.resourceGroup}`,
      resources: [names.logAnalytics, names.containerAppEnvironment, names.containerRegistry, names.pullIdentity],
      why: "applied by Terraform from infra/: logs, Container Apps environment, registry, pull identity",
    },
    {
      kind: "registry",
      place,
      name: names.containerRegistry,
      scope: platform.registryId,
      mode: "LegacyRegistryPermissions",
      why: "roles count for the whole registry",
    },
  ];
}

function identitySteps({ manifest }: BootstrapRequest, { deployer, planner, group }: Names): Step[] {
  const common = { place: inGroup(group), location: manifest.location, tags: tagsOf(manifest) };
  const step = ({ name, id, purpose }: Names["deployer"], why: string): Step => {
    return { ...common, kind: "identity", name, scope: id, purpose, why };
  };
  return [
    step(deployer, `workflows that deploy to ${deployer.purpose}`),
    ...(planner ? [step(planner, "workflows that plan pull requests; reads only")] : []),
  ];
}

function roleSteps(request: BootstrapRequest, names: Names): Step[] {
  const { manifest, subscriptionId, tier, shared } = request;
  const { platform, deployer, planner, containerId } = names;
  const owner = { project: manifest, subscriptionId };
  const subscription = { place: inSubscription(subscriptionId), scope: `/subscriptions/${subscriptionId}` };
  const states = { place: inGroup(names.group), scope: containerId };
  const registry = { place: inGroup(platform.resourceGroup), scope: platform.registryId };
  const puller = { place: registry.place, scope: platform.pullIdentityId };
  const deploys = identityOf(deployer);
  const pulls: Principal = { kind: "identity", id: platform.pullIdentityId, name: nameOf(platform.pullIdentityId) };
  const narrow = deployerRole(owner, tier);
  const reading = planRole(owner);
  return [
    roleStep("AcrPull", pulls, registry, "apps pull their images"),
    ...(shared ? [definitionStep(narrow, subscription)] : []),
    roleStep(shared ? narrow : "Contributor", deploys, subscription, "makes and removes environments"),
    roleStep("Storage Blob Data Contributor", deploys, states, "states and records of this tier alone"),
    roleStep("AcrPush", deploys, registry, "pushes images"),
    roleStep("AcrDelete", deploys, registry, "deletes images of environments that are gone"),
    roleStep("Managed Identity Operator", deploys, puller, "gives apps the identity that pulls"),
    ...(planner
      ? [
          definitionStep(reading, subscription),
          roleStep(reading, identityOf(planner), subscription, "sees what is there"),
          roleStep("Storage Blob Data Reader", identityOf(planner), states, "reads states"),
        ]
      : []),
  ];
}

/** Environments with their rules come before anything trusts their names. */
function githubSteps(request: BootstrapRequest, names: Names): Step[] {
  const { github, manifest, tier, defaultBranch, subscriptionId, tenantId } = request;
  if (!github) return [];
  const place: Place = { kind: "github", repository: github.repository };
  const environments = environmentsOf(manifest, tier, defaultBranch);
  const identityFor = ({ identity }: GithubEnvironment) =>
    identity === "plan" && names.planner ? names.planner : names.deployer;
  const common = { place, scope: github.repository };
  return [
    ...environments.map((environment): Step => {
      const { name, refs } = environment;
      return { ...common, kind: "githubEnvironment", name, refs, why: `runs of ${refs.join(", ")}` };
    }),
    ...environments.map((environment): Step => {
      const { id, name } = identityFor(environment);
      return {
        kind: "federation",
        place: inGroup(names.group),
        name: `github-${environment.name}`,
        scope: id,
        identity: id,
        issuer: github.issuer,
        subject: `${github.subjectPrefix}:environment:${environment.name}`,
        why: `${name} trusts jobs of ${environment.name}`,
      };
    }),
    ...environments.flatMap((environment) => {
      const values = {
        AZURE_CLIENT_ID: { clientIdOf: identityFor(environment).id },
        AZURE_TENANT_ID: { text: tenantId },
        AZURE_SUBSCRIPTION_ID: { text: subscriptionId },
      };
      return Object.entries(values).map(([name, value]): Step => {
        return { ...common, kind: "variable", name, environment: environment.name, value, why: environment.name };
      });
    }),
  ];
}

/** The GitHub environments whose jobs sign in as an identity of this tier. */
export function environmentsOf(manifest: Manifest, tier: Tier, defaultBranch: string): GithubEnvironment[] {
  return githubEnvironments(manifest, defaultBranch).filter(
    ({ identity }) => identity === tier || (identity === "plan" && tier === "nonprod"),
  );
}

function manifestStep(): Step {
  const place: Place = { kind: "file", name: "paas.yaml" };
  return { kind: "manifest", place, name: "platform:", scope: "paas.yaml", why: "tells every command where it all is" };
}

function warningsFor({ shared, tier, subscriptionId, manifest, github }: BootstrapRequest): string[] {
  const warnings: string[] = [];
  if (shared) {
    warnings.push(
      `workflows may delete every resource group of subscription ${subscriptionId} that is not locked: Azure cannot limit a role to names`,
    );
  }
  if (tier === "prod") {
    warnings.push(
      "prod shares this subscription with nonprod: whoever may push a branch can reach it; a project of its own in another subscription is the safe boundary",
    );
  }
  const federations = environmentsOf(manifest, tier, "").length;
  if (github && federations > MOST_FEDERATIONS) {
    warnings.push(`${federations} GitHub environments trust one identity, and Azure admits ${MOST_FEDERATIONS}`);
  }
  return warnings;
}

function roleStep(
  role: BuiltIn | CustomRole,
  principal: Principal,
  where: { place: Place; scope: string },
  why: string,
): Step {
  const granted: GrantedRole = typeof role === "string" ? { id: BUILT_IN[role], name: role } : role;
  return { kind: "role", ...where, name: granted.name, role: { id: granted.id, name: granted.name }, principal, why };
}

function definitionStep(role: CustomRole, where: { place: Place; scope: string }): Step {
  return { kind: "roleDefinition", ...where, name: role.name, role, why: `${role.actions.length} actions, no more` };
}

/** Tags of what a project has once, whatever its tiers. */
function tagsOf(manifest: Manifest): Record<string, string> {
  return { [TAG.projectId]: manifest.id, [TAG.project]: manifest.name, [TAG.kind]: "platform" };
}

function identityOf({ id, name }: { id: string; name: string }): Principal {
  return { kind: "identity", id, name };
}

function inSubscription(id: string): Place {
  return { kind: "subscription", id };
}

function inGroup(name: string): Place {
  return { kind: "group", name };
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
