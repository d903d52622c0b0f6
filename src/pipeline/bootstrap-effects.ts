import path from "node:path";
import { openArm } from "../azure/arm.js";
import type { Groups } from "../azure/groups.js";
import { type Identities, openIdentities } from "../azure/identities.js";
import { PATIENCE, type Patience } from "../azure/patience.js";
import { openRegistrations } from "../azure/registrations.js";
import { openRegistryMode } from "../azure/registry-mode.js";
import { openRoleAssignments, type RoleAssignments } from "../azure/role-assignments.js";
import { openStateAccount, type StateAccount } from "../azure/state-account.js";
import type { Principal, Step, StepOf, Value } from "../bootstrap/step.js";
import { TAG } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import type { RepositorySettings } from "../github/settings.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { LOCK_FILE, lockProviders } from "../terraform/lock-file.js";
import { awaitAccess, mayRead } from "./bootstrap-access.js";
import { writeBlock } from "./bootstrap-block.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import { applyPlatform } from "./platform.js";
import { type Workplace, workplaceAt } from "./workplace.js";

/** What bootstrap works with besides the doors of every pipeline. */
export type BootstrapDoors = Doors & {
  manifest: Manifest;
  tier: Tier;
  groups: Groups;
  account: StateAccount;
  identities: Identities;
  roles: RoleAssignments;
  /** Null where GitHub cannot be asked. */
  github: RepositorySettings | null;
  patience: Patience;
};

/** How one kind of step is looked at and done; looking changes nothing, and doing it twice does no harm. */
type Effect<S extends Step> = {
  isThere(step: S): Promise<boolean>;
  /** @returns a few words for people, where there is more to say than that it is done */
  make(step: S): Promise<string | undefined>;
};
export type Effects = { [Kind in Step["kind"]]: Effect<StepOf<Kind>> };

export function openBootstrapDoors(
  doors: Doors,
  more: Pick<BootstrapDoors, "manifest" | "tier" | "github"> & { patience?: Patience },
): BootstrapDoors {
  const arm = openArm(doors.cloud.arm);
  const patience = more.patience ?? PATIENCE;
  return {
    ...doors,
    ...more,
    patience,
    account: openStateAccount(arm),
    identities: openIdentities(arm, patience),
    roles: openRoleAssignments(arm, doors.cloud.subscriptionId, patience),
  };
}

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
      isThere: async ({ name, tags }) => {
        const found = await groups.find(name);
        if (found && found.tags[TAG.projectId] !== tags[TAG.projectId]) throw foreignGroup(name);
        return found !== null;
      },
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
        await applyPlatform(manifest, tier, workplace, doors, steps);
        return writeLockFile(workplace, doors, steps);
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

/** A platform without it works; the next runs then take whichever provider fits. */
async function writeLockFile({ folder, infra }: Workplace, doors: BootstrapDoors, steps: Steps) {
  const run = {
    binary: (await doors.terraform()).path,
    envId: `platform-${doors.tier}`,
    work: folder,
    variables: await doors.cloud.terraform.variables([], null),
    signal: doors.signal,
  };
  try {
    return (await lockProviders(run, infra)) ? `wrote infra/${LOCK_FILE}: commit it` : undefined;
  } catch (error) {
    if (!(error instanceof PaasError) || error.code !== "providers-not-locked") throw error;
    steps.warn(`${error.message}: ${error.details[0] ?? "Terraform does not say why"}; ${error.next}`);
    return undefined;
  }
}

/** Who identities are, read once they are there. */
function principalsOf(identities: Identities) {
  const known = new Map<string, { principalId: string; clientId: string }>();
  const find = async (id: string) => {
    const found = known.get(id) ?? (await identities.find(id));
    if (found) known.set(id, found);
    return found;
  };
  const idOf = async (principal: Principal) =>
    principal.kind === "person" ? principal.id : ((await find(principal.id))?.principalId ?? null);
  return {
    find,
    idOf,
    require: async (principal: Principal) => {
      const id = await idOf(principal);
      if (id !== null) return id;
      throw identityMissing(principal.id);
    },
    valueOf: async (value: Value) =>
      "text" in value ? value.text : ((await find(value.clientIdOf))?.clientId ?? null),
  };
}

function githubOf({ github }: BootstrapDoors): RepositorySettings {
  if (github) return github;
  throw new Error("a step for GitHub was planned without a way to it");
}

function identityMissing(id: string): PaasError {
  return new PaasError("identity-missing", `the identity ${id.slice(id.lastIndexOf("/") + 1)} is not there`, {
    details: [id],
    next: "`paas bootstrap` once more",
  });
}

function foreignGroup(name: string): PaasError {
  return new PaasError("foreign-group", `the resource group ${name} is there and does not carry this project's tags`, {
    next: "nothing was changed; rename the project, or remove the group yourself if it is yours",
    exit: EXIT.refused,
  });
}
