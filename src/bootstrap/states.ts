import type { BootstrapRequest, Names } from "./names.js";
import { inGroup, inSubscription, tagsOf } from "./place.js";
import { roleStep } from "./role-steps.js";
import type { Step } from "./step.js";

/** Name of the lock on the state account. */
export const STATE_LOCK = "paas-state";

const KEPT_DELETED = 30;
const KEPT_VERSIONS = 90;

/** The group is not of one tier: the state account is the project's, and no workflow's identity may change it. */
export function accountSteps({ manifest, subscriptionId }: BootstrapRequest, names: Names): Step[] {
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
      name: STATE_LOCK,
      notes: "States of paas. Remove with `paas bootstrap --remove`.",
      why: "nobody deletes it by mistake",
    },
    { kind: "container", place, name: container, container, scope: containerId, why: "states of this tier" },
  ];
}

/** Whoever makes an account may not read its blobs; the platform's own state is written in their name. */
export function ownAccess({ person }: BootstrapRequest, { group, container, containerId }: Names): Step[] {
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
