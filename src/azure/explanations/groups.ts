import { EXIT } from "../../errors.js";
import { type Explained, SCOPE } from "./explained.js";

const GROUP = /[Rr]esource ?group '(?<group>[^']+)'/;

/** Subscriptions and groups: what they are registered for, what state they are in, what protects them. */
export const GROUPS: readonly Explained[] = [
  {
    code: "subscription-unknown",
    exit: EXIT.signIn,
    codes: ["SubscriptionNotFound", "InvalidSubscriptionId"],
    reads: [/subscription '(?<id>[^']+)'/i],
    means: "who is signed in sees no subscription {id|with this id}",
    allowed: "a subscription of the tenant that was signed in to, on which the identity has any role",
    next: "`az account list --output table` shows yours; correct `platform.subscription` in paas.yaml or ARM_SUBSCRIPTION_ID",
  },
  {
    code: "subscription-disabled",
    exit: EXIT.signIn,
    codes: ["ReadOnlyDisabledSubscription"],
    reads: [/subscription '(?<id>[^']+)'/i],
    means: "the subscription {id|of the project} is disabled, so it can be read only",
    next: "its owner enables it again in the portal (a free trial that ended, an unpaid bill, a spending limit)",
  },
  {
    code: "provider-not-registered",
    codes: ["MissingSubscriptionRegistration", "SubscriptionNotRegistered"],
    reads: [/namespace '(?<namespace>[^']+)'/],
    means: "the subscription is not registered for {namespace|this kind of resource}",
    allowed: "once per subscription, by somebody with Contributor on it; it takes a few minutes",
    next: "`paas bootstrap` registers what paas needs; by hand: `az provider register --namespace {namespace|<namespace>} --wait`",
  },
  {
    code: "refused-by-policy",
    exit: EXIT.refused,
    codes: ["RequestDisallowedByPolicy"],
    reads: [
      /Resource '(?<resource>[^']+)' was disallowed/,
      /"policyAssignment":\{"name":"(?<policy>[^"]+)"/,
      /policyAssignmentDisplayName"?: ?"(?<policy>[^"]+)"/,
    ],
    means: "a policy of the organisation forbids {resource|this resource}: {policy|see --verbose for its name}",
    allowed: "what the policy says, usually certain regions, sizes, tags or network settings",
    next: "change `location` in paas.yaml or the resource in infra/ accordingly, or ask the owners of the policy for an exemption",
  },
  {
    code: "scope-locked",
    exit: EXIT.refused,
    codes: ["ScopeLocked"],
    reads: [/following scope\(s\) are locked: '(?<scope>[^']+)'/],
    means: "a lock on {scope|the resource} forbids this",
    allowed: "nothing that the lock forbids, until an owner removes it; `paas` never removes locks of others",
    next: "if it is meant: `az lock list --resource-group <group>` and `az lock delete --ids <id>`, then run again",
  },
  {
    code: "group-busy",
    codes: ["ResourceGroupBeingDeleted"],
    reads: [GROUP],
    means: "the resource group {group|of this environment} is being deleted",
    allowed:
      "nothing in it until it is gone; that takes minutes, with a Container Apps environment a quarter of an hour",
    next: "wait until `paas ls` does not show it as deleting, then run again",
  },
  {
    code: "group-not-deleted",
    codes: ["ResourceGroupDeletionBlocked"],
    reads: [GROUP, /resources with identifiers '(?<resources>[^']+)'/],
    means:
      "the resource group {group|of this environment} is still there: {resources|something in it} could not be deleted",
    allowed: "nothing that is in use elsewhere, is being changed, or is kept by the service that made it",
    next: "--verbose tells what each of them says; delete or release it by hand, then `paas destroy` again",
  },
  {
    code: "group-busy",
    codes: ["ResourcesBeingMoved"],
    reads: [GROUP],
    means:
      "the resource group {group|of this environment} or what is in it is being changed or moved, and Azure locks it meanwhile",
    next: "wait for that (a move takes up to 4 hours) and run again; paas finds groups by their tags, not in another subscription",
  },
  {
    code: "group-missing",
    codes: ["ResourceGroupNotFound"],
    reads: [GROUP],
    means: "there is no resource group {group|of this name} (any more)",
    allowed: "groups that paas made: somebody may have deleted this one by hand",
    next: "`paas up` makes it anew, `paas destroy` forgets what is left of it",
  },
  {
    code: "azure-conflict",
    codes: ["AnotherOperationInProgress", "ContainerAppOperationInProgress", "ManagedEnvironmentOperationInProgress"],
    reads: [SCOPE],
    means: "another operation on the same resource has not ended",
    next: "wait a minute and run again",
  },
];
