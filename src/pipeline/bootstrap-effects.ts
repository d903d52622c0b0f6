import path from "node:path";
import { openArm } from "../azure/arm.js";
import { openRegistrations } from "../azure/registrations.js";
import { openRegistryMode } from "../azure/registry-mode.js";
import type { Step, StepOf } from "../bootstrap/step.js";
import type { RepositorySettings } from "../github/settings.js";
import { awaitAccess, mayRead } from "./bootstrap-access.js";
import { writeBlock } from "./bootstrap-block.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";
import { ownGroup } from "./bootstrap-owned.js";
import { identityMissing, principalsOf } from "./bootstrap-principals.js";
import type { Steps } from "./events.js";
import { applyPlatform } from "./platform.js";
import { workplaceAt } from "./workplace.js";

/** How one kind of step is looked at and done; looking changes nothing, and doing it twice does no harm. */
type Effect<S extends Step> = {
  isThere(step: S): Promise<boolean>;
  /** @returns a few words for people, where there is more to say than that it is done */
  make(step: S): Promise<string | undefined>;
};
export type Effects = { [Kind in Step["kind"]]: Effect<StepOf<Kind>> };

/** The one table of what bootstrap can do. */
export function bootstrapEffects(doors: BootstrapDoors, steps: Steps): Effects {
  const { account, identities, roles, groups, signal, cloud, tier, manifest, patience } = doors;
  const arm = openArm(cloud.arm);
  const registrations = openRegistrations(arm, cloud.subscriptionId, patience);
  const registry = openRegistryMode(arm);
  const principals = principalsOf(identities);
  const nothing = async (work: Promise<unknown>) => {
    await work;
    return undefined;
  };
  return {
    provider: {
      isThere: ({ namespace }) => registrations.registered(namespace),
      make: ({ namespace }) => nothing(registrations.register(namespace, signal)),
    },
    group: {
      isThere: async ({ name }) => (await ownGroup(name, doors)) !== null,
      make: ({ name, location, tags }) => nothing(groups.make(name, location, tags)),
    },
    account: {
      isThere: ({ scope, tags }) => account.matches(scope, tags),
      make: ({ scope, location, tags }) => nothing(account.put(scope, { location, tags }, signal)),
    },
    protection: {
      isThere: ({ scope, days }) => account.isProtected(scope, days),
      make: ({ scope, days }) => nothing(account.protect(scope, days)),
    },
    expiry: {
      isThere: ({ scope, days }) => account.expires(scope, days),
      make: ({ scope, days }) => nothing(account.expire(scope, days)),
    },
    lock: {
      isThere: ({ scope, name }) => account.isLocked(scope, name),
      make: ({ scope, name, notes }) => nothing(account.lock(scope, name, notes)),
    },
    container: {
      isThere: ({ scope }) => account.hasContainer(scope),
      make: ({ scope }) => nothing(account.putContainer(scope)),
    },
    access: {
      isThere: async ({ container, scope }) => (await account.hasContainer(scope)) && (await mayRead(container, doors)),
      make: ({ container }) => nothing(awaitAccess(container, doors)),
    },
    stack: {
      isThere: async () => {
        const { registryId, pullIdentityId } = cloud.platform.of(tier);
        if (!(await cloud.platform.exists(tier))) return false;
        return (await registry.exists(registryId)) && (await identities.find(pullIdentityId)) !== null;
      },
      make: async () => {
        const workplace = { ...workplaceAt(doors.work("platform")), infra: path.join(doors.git.root, "infra") };
        return nothing(applyPlatform(manifest, tier, workplace, doors, steps));
      },
    },
    registry: {
      isThere: async ({ scope, mode }) => (await registry.find(scope)) === mode,
      make: ({ scope, mode }) => nothing(registry.set(scope, mode, signal)),
    },
    identity: {
      isThere: async ({ scope }) => (await principals.find(scope)) !== null,
      make: async ({ scope, location, tags }) => {
        const { clientId } = await identities.put(scope, { location, tags });
        return `client id ${clientId}`;
      },
    },
    roleDefinition: {
      isThere: ({ role }) => roles.defined(role),
      make: ({ role }) => nothing(roles.define(role)),
    },
    role: {
      isThere: async ({ scope, role, principal }) => {
        const id = await principals.idOf(principal);
        return id !== null && roles.has(scope, role.id, id);
      },
      make: async ({ scope, role, principal }) => {
        const principalId = await principals.require(principal);
        const type = principal.kind === "person" ? principal.type : "ServicePrincipal";
        return nothing(roles.grant(scope, role.id, { principalId, type }, signal));
      },
    },
    githubEnvironment: {
      isThere: ({ name, refs }) => githubOf(doors).admits(name, refs),
      make: async ({ name, refs }) => {
        if (await githubOf(doors).putEnvironment(name, refs)) return undefined;
        steps.warn(
          `GitHub has no rules for environments in this repository's plan: nothing but a review stops a branch's workflow from naming ${name}`,
        );
        return "without rules";
      },
    },
    federation: {
      isThere: async ({ identity, name, issuer, subject }) => {
        if ((await principals.find(identity)) === null) return false;
        const found = await identities.federation(identity, name);
        return found?.issuer === issuer && found.subject === subject;
      },
      make: ({ identity, name, issuer, subject }) =>
        nothing(identities.federate(identity, name, { issuer, subject }, signal)),
    },
    variable: {
      isThere: async ({ environment, name, value }) => {
        const wanted = await principals.valueOf(value);
        return wanted !== null && (await githubOf(doors).variable(environment, name)) === wanted;
      },
      make: async ({ environment, name, value }) => {
        const text = await principals.valueOf(value);
        if (text === null) throw identityMissing("clientIdOf" in value ? value.clientIdOf : name);
        return nothing(githubOf(doors).setVariable(environment, name, text));
      },
    },
    manifest: {
      isThere: () => writeBlock(doors, { write: false }),
      make: () => nothing(writeBlock(doors, { write: true })),
    },
  };
}

function githubOf({ github }: BootstrapDoors): RepositorySettings {
  if (github) return github;
  throw new Error("a step for GitHub was planned without a way to it");
}
