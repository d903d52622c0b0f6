import type { CustomRole } from "./roles.js";

/** Who a role is granted to. */
export type Principal =
  | { kind: "person"; id: string; type: "User" | "ServicePrincipal"; name: string }
  /** A user-assigned identity, by its ARM id: its principal is known once it is there. */
  | { kind: "identity"; id: string; name: string };

/** A role as it is granted: its id and the words for it. */
export type GrantedRole = { id: string; name: string };

/** Where a step shows in the picture of the plan. */
export type Place =
  | { kind: "subscription"; id: string }
  | { kind: "group"; name: string }
  | { kind: "github"; repository: string }
  | { kind: "file"; name: string };

type Described = {
  place: Place;
  /** What it is called there. */
  name: string;
  /** ARM id that it is made at or granted on, or the repository. */
  scope: string;
  /** What it is good for, for people. */
  why: string;
};

type Details =
  | { kind: "provider"; namespace: string }
  | { kind: "group"; location: string; tags: Record<string, string> }
  | { kind: "account"; location: string; tags: Record<string, string> }
  | { kind: "protection"; account: string; days: number }
  | { kind: "expiry"; account: string; days: number }
  | { kind: "lock"; notes: string }
  | { kind: "container"; container: string }
  | { kind: "role"; role: GrantedRole; principal: Principal }
  | { kind: "access"; container: string; needs: string }
  | { kind: "stack"; resources: string[] }
  | { kind: "registry"; mode: "LegacyRegistryPermissions" }
  | { kind: "identity"; location: string; tags: Record<string, string>; purpose: string }
  | { kind: "roleDefinition"; role: CustomRole }
  | { kind: "githubEnvironment"; refs: string[] }
  | { kind: "federation"; identity: string; issuer: string; subject: string }
  | { kind: "variable"; environment: string; value: Value }
  | { kind: "manifest" };

/** A variable's value: known beforehand, or the client id of an identity. */
export type Value = { text: string } | { clientIdOf: string };

/** One thing that bootstrap makes, grants or registers. */
export type Step = Described & Details;
export type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** What takes an owner: a Contributor may do everything but hand out roles and set locks. */
export type OwnersStep = StepOf<"role"> | StepOf<"roleDefinition"> | StepOf<"lock">;

export function takesOwner(step: Step): step is OwnersStep {
  return step.kind === "role" || step.kind === "roleDefinition" || step.kind === "lock";
}

export type BootstrapPlan = {
  tier: string;
  steps: Step[];
  /** What the reader must know besides, one sentence each. */
  warnings: string[];
};
