import type { BootstrapRequest, Names } from "./names.js";
import { inGroup, inSubscription, tagsOf } from "./place.js";
import { definitionStep, roleStep } from "./role-steps.js";
import { deployerRole, planRole } from "./roles.js";
import type { Principal, Step } from "./step.js";

/** The identities that workflows sign in as. */
export function identitySteps({ manifest }: BootstrapRequest, { deployer, planner, group }: Names): Step[] {
  const common = { place: inGroup(group), location: manifest.location, tags: tagsOf(manifest) };
  const step = ({ name, id, purpose }: Names["deployer"], why: string): Step => {
    return { ...common, kind: "identity", name, scope: id, purpose, why };
  };
  return [
    step(deployer, `workflows that deploy to ${deployer.purpose}`),
    ...(planner ? [step(planner, "workflows that plan pull requests; reads only")] : []),
  ];
}

/** Who may do what: what apps pull with, and the identities of workflows. */
export function roleSteps(request: BootstrapRequest, names: Names): Step[] {
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

function identityOf({ id, name }: { id: string; name: string }): Principal {
  return { kind: "identity", id, name };
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
