import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { labelOf } from "../../src/bootstrap/picture.js";
import { platformBlockFor } from "../../src/environment/platform.js";
import type { PaasError } from "../../src/errors.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { resourceName } from "../../src/naming/name.js";
import { planRemoval } from "../../src/pipeline/bootstrap-remove.js";
import { stepsOf } from "../../src/pipeline/events.js";
import { type Fresh, openFresh, UNBOOTSTRAPPED } from "./bootstrap-project.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";

const SLOW = 240_000;
/** Each of the six resource providers is asked once more whether it is registered. */
const REGISTERING = Array.from({ length: 6 }, () => 2000);

/** One run from beginning to end, which nothing disturbed; no test changes it but the last, which takes it down. */
let whole: Fresh;
let here: Fresh;
beforeAll(async () => {
  whole = await openFresh();
  await whole.bootstrap();
}, SLOW);
afterAll(() => whole?.close());
beforeEach(async () => {
  here = await openFresh();
});
afterEach(() => here?.close());

const failure = (work: Promise<unknown>): Promise<PaasError> =>
  work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: PaasError) => error,
  );

/** The state account's id, in a world where it is. */
const accountOf = ({ azure }: Fresh) => azure.store.list("azurerm_storage_account")[0]?.id ?? "no account";

const silent = stepsOf(
  () => {},
  () => 0,
);

/** Everything there is, so that two worlds can be compared; ids that are drawn by lot are left out. */
function worldOf({ azure, github }: Fresh) {
  const { store, roles, identities, registryResources, accounts, locks } = azure;
  const { environments } = github.repository.settings;
  return {
    resources: store
      .list()
      .map(({ id }) => id)
      .sort(),
    assignments: roles.assignments.length,
    definitions: roles.definitions.size,
    credentials: [...identities.credentials.values()].map(({ properties }) => properties.subject).sort(),
    modes: registryResources.modes.size,
    taken: accounts.taken.size,
    locks: locks.under(`/subscriptions/${SUBSCRIPTION}`).map(({ name, scope }) => [name, scope]),
    environments: [...environments].map(([name, { refs, variables }]) => [name, refs, [...variables.keys()]]),
  };
}

describe("a bootstrap that ended in the middle", () => {
  // One whole run is compared with one that ends after the first step of each kind; that all steps of a kind are alike is
  // in the table of effects, and an end after each of the 57 would take a minute more.
  test(
    "goes on with the same command, whatever kind of step it ended after, and makes nothing twice",
    async () => {
      const kinds = new Set<string>();
      const planned = (await here.plan()).steps.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
      for (const { kind } of planned.filter((step) => step.kind !== "access")) {
        const broken = await failure(here.bootstrap({}, kind));
        expect(broken.message).toBe(`killed at ${kind}`);
      }
      const { commands } = await here.bootstrap();
      expect(commands).toEqual([]);
      expect(worldOf(here)).toEqual(worldOf(whole));
    },
    SLOW,
  );
});

describe("what Azure refuses", () => {
  test("a name that somebody else has: which option to change", async () => {
    const { stateAccount } = platformBlockFor(requireManifest(UNBOOTSTRAPPED, "paas.yaml"), {
      tier: "nonprod",
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
    });
    here.azure.accounts.taken.add(stateAccount);
    const { code, next } = await failure(here.bootstrap());
    expect([code, next]).toEqual(["state-account-taken", expect.stringContaining("--state-account <name>")]);
  });

  // In one world: first nothing but the start may be done, then more of it, then all.
  test(
    "handing out roles and setting the lock: the rest is done, and an owner is told what to type",
    async () => {
      here.azure.roles.mayGrant = false;
      const blob = { url: /blob\.core\.windows\.net/, times: 100 };
      here.azure.faults.add({ ...blob, trouble: { status: 403, code: "AuthorizationPermissionMismatch" } });
      const first = await here.bootstrap();
      expect(here.waits).toEqual(REGISTERING);
      expect(first.steps).toContainEqual({ name: "platform stack", status: "left" });
      expect(first.steps).toContainEqual({ name: "AZURE_CLIENT_ID of paas-plan", status: "done" });
      expect(first.commands.join("\n")).not.toContain("<principal");

      // Somebody has given them the data role: the platform can be made.
      here.azure.faults.clear();
      const { steps, commands } = await here.bootstrap();
      const left = steps.filter(({ status }) => status === "left").map(({ name }) => name);
      expect(left).toEqual(expect.arrayContaining(["lock paas-state", "Contributor for id-shop-nonprod"]));
      expect(steps).toContainEqual({ name: "platform stack", status: "done" });
      expect(commands).toHaveLength(left.length);
      expect(commands).toContain(
        `az role assignment create --assignee-object-id ${here.oid} --assignee-principal-type ServicePrincipal --role 'Storage Blob Data Contributor' --scope /subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-platform/providers/Microsoft.Storage/storageAccounts/${here.account}/blobServices/default/containers/tier-nonprod`,
      );

      const account = `--resource ${accountOf(here)} --subscription ${SUBSCRIPTION}`;
      expect(commands).toContain(
        `az lock create --lock-type CanNotDelete --name paas-state ${account} --notes 'States of paas. Remove with \`paas bootstrap --remove\`.'`,
      );

      here.azure.roles.mayGrant = true;
      expect((await here.bootstrap()).commands).toEqual([]);
      expect(worldOf(here)).toEqual(worldOf(whole));

      here.azure.roles.mayGrant = false;
      const [takeOff] = await planRemoval(await here.doors(), silent);
      const { code, exit, next } = await failure(takeOff?.work() ?? Promise.resolve());
      expect([takeOff?.name, code, exit]).toEqual(["lock of the state account", "not-allowed", 4]);
      expect(next).toContain(`\`az lock delete --name paas-state ${account}\``);
      // As the owner who types it.
      here.azure.locks.remove("paas-state");
      expect(await takeOff?.work()).toBe("gone");
    },
    SLOW,
  );

  test("a network that the account's firewall keeps out is told from a missing role", async () => {
    const trouble = { status: 403, code: "AuthorizationFailure" };
    here.azure.faults.add({ url: /blob\.core\.windows\.net/, trouble, times: 100 });
    const { code, exit, next } = await failure(here.bootstrap());
    expect([code, exit]).toEqual(["state-firewall", 4]);
    expect(next).toContain("network-rule add");
    expect(here.waits).toEqual(REGISTERING);
  });

  test("a role that never works: the wait has an end", async () => {
    const trouble = { status: 403, code: "AuthorizationPermissionMismatch" };
    here.azure.faults.add({ url: /blob\.core\.windows\.net/, trouble, times: 1000 });
    expect((await failure(here.bootstrap())).code).toBe("role-not-effective");
    expect(here.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(120_000 + 12_000);
  });
});

/** What passes: twice it is refused, then it is done. */
const PASSING = {
  "a role": { url: /blob\.core\.windows\.net.*tier-nonprod/, status: 403, code: "AuthorizationPermissionMismatch" },
  "a new identity, for roles": {
    method: "PUT" as const,
    url: /Microsoft\.ContainerRegistry.*roleAssignments/,
    status: 400,
    code: "PrincipalNotFound",
  },
  "a registration": {
    method: "PUT" as const,
    url: /storageAccounts\/[^/]+$/,
    status: 409,
    code: "MissingSubscriptionRegistration",
  },
  "another trust of the same identity": {
    method: "PUT" as const,
    url: /federatedIdentityCredentials/,
    status: 409,
    code: "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
  },
};

test(
  "what takes a while is waited for, and an answer that was lost counts as given",
  async () => {
    for (const { status, code, ...fault } of Object.values(PASSING)) {
      here.azure.faults.add({ ...fault, trouble: { status, code }, times: 2, after: 0 });
    }
    here.azure.faults.add({ method: "PUT", url: /blobServices\/default\/containers\//, trouble: "reset after" });
    here.azure.faults.add({ method: "PUT", url: /roleDefinitions/, trouble: "reset after" });
    expect((await here.bootstrap()).commands).toEqual([]);
    // Each of the four is asked for twice more, after 2 and 3 seconds.
    const waited = here.waits.filter((wait) => wait === 3000);
    expect(waited).toHaveLength(Object.keys(PASSING).length);
    expect(worldOf(here)).toEqual(worldOf(whole));
    expect((await here.look()).filter(({ there }) => !there).map(({ step }) => labelOf(step))).toEqual([]);
  },
  SLOW,
);

describe("GitHub", () => {
  test(
    "a plan without rules for environments is said, whatever GitHub answers, and the rest goes on",
    async () => {
      const { settings } = here.github.repository;
      for (const status of [403, 404, 422]) {
        settings.refusesRules = status;
        settings.environments.clear();
        here.events.length = 0;
        const { steps } = await here.bootstrap();
        expect(steps).toContainEqual({ name: "AZURE_CLIENT_ID of paas-branch", status: "done" });
        const warnings = here.events.filter((event) => event.status === "warning").map(({ detail }) => detail);
        expect(warnings.join("\n")).toContain("nothing but a review stops a branch's workflow from naming paas-branch");
      }
    },
    SLOW,
  );

  test("the subject is GitHub's own prefix, and made of names only where it has none", async () => {
    const subjects = async () =>
      (await here.plan()).steps.flatMap((step) => (step.kind === "federation" ? [step.subject] : []));
    expect(await subjects()).toContain("repo:acme@123/shop@456:environment:paas-branch");
    here.github.repository.settings.subject = null;
    expect(await subjects()).toContain("repo:acme/shop:environment:paas-branch");
  });

  test("environments and their rules are there before anything trusts their names", async () => {
    const kinds = (await here.plan()).steps.map(({ kind }) => kind);
    expect(kinds.lastIndexOf("githubEnvironment")).toBeLessThan(kinds.indexOf("federation"));
  });
});

const OURS = { "paas-project-id": "abcdefghijklmnopqrstuvwxyz" };
const THEIRS = { "paas-project-id": "zyxwvutsrqponmlkjihgfedcba" };
const ACCOUNT_STEP = expect.stringContaining("state account st");

describe("--remove", () => {
  const namesOf = async (fresh: Fresh) => (await planRemoval(await fresh.doors(), silent)).map(({ name }) => name);
  const changes = ({ azure }: Fresh) =>
    azure.requests.filter((request) => /^(PUT|PATCH|POST|DELETE) https:\/\/management/.test(request));

  test("environments keep the platform", async () => {
    const doors = await whole.doors();
    await doors.groups.make("rg-shop-alice", "westeurope", {
      ...OURS,
      "paas-env": "alice",
      "paas-branch": "env-alice",
    });
    const { code, exit, details } = await failure(planRemoval(doors, silent));
    await doors.groups.delete("rg-shop-alice", doors.signal);
    expect([code, exit, details]).toEqual(["environments-exist", 5, ["alice · env-alice · orphan"]]);
  });

  test.each(["rg-shop-platform", "rg-shop-platform-nonprod"])(
    "%s of another project of this name: nothing is removed",
    async (group) => {
      const { groups } = await here.doors();
      await groups.make(group, "westeurope", THEIRS);
      const before = changes(here);
      const { code, exit, message } = await failure(namesOf(here));
      expect([code, exit, message]).toEqual(["foreign-group", 5, expect.stringContaining(`group ${group} is there`)]);
      expect(changes(here)).toEqual(before);
    },
  );

  test("an identity that is not ours keeps itself, its roles and the group that it lies in", async () => {
    const { groups } = await here.doors();
    const [first] = (await here.plan()).steps.filter((step) => step.kind === "identity");
    if (!first) throw new Error("bootstrap makes identities");
    await groups.make("rg-shop-platform", "westeurope", OURS);
    const [principal_id, client_id] = [randomUUID(), randomUUID()];
    const attributes = { name: first.name, location: "westeurope", tags: THEIRS, principal_id, client_id };
    here.azure.store.put({ id: first.scope, type: "azurerm_user_assigned_identity", attributes });
    const before = changes(here);
    const { code, exit, message } = await failure(namesOf(here));
    expect([code, exit, message]).toEqual(["foreign-identity", 5, expect.stringContaining("id-shop-nonprod")]);
    expect(changes(here)).toEqual(before);
  });

  test("what became another's after the question was asked stays", async () => {
    const { groups, signal } = await here.doors();
    const planned = await planRemoval(await here.doors(), silent);
    await groups.make("rg-shop-platform", "westeurope", THEIRS);
    const account = planned.find(({ name }) => name.startsWith("state account"));
    expect((await failure(account?.work() ?? Promise.resolve())).code).toBe("foreign-group");
    expect(await groups.find("rg-shop-platform")).not.toBeNull();
    await groups.delete("rg-shop-platform", signal);
    expect(await account?.work()).toBe("gone");
  });

  test.each([
    ["ours", OURS, "rg-shop-platform-nonprod", /^purged$/],
    ["another project's", THEIRS, "rg-shop-platform-nonprod", /^kept until .*another's$/],
    ["of another group", OURS, "rg-else", /^kept until .*another's$/],
  ])("a deleted vault that was %s", async (_, project, group, told) => {
    const tags = { ...project, "paas-tier": "nonprod" };
    const owner = { id: OURS["paas-project-id"], name: "shop" };
    const name = resourceName("keyVault", {
      project: owner,
      subscriptionId: SUBSCRIPTION,
      envId: "platform-nonprod",
      generation: 0,
    });
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
    here.azure.softDeleted.vaults.push({ name, id, location: "westeurope", tags, at: new Date() });
    const planned = await planRemoval(await here.doors(), silent);
    expect(await planned.find((step) => step.name === "vault of nonprod")?.work()).toMatch(told);
  });

  describe("the other tier beside it", () => {
    const [container, key] = ["tier-prod", "state/platform.tfstate"];

    test("is not there: the states go", async () => {
      expect(await namesOf(whole)).toContainEqual(ACCOUNT_STEP);
    });

    test.each([
      ["its group and no more: the states stay", OURS, false],
      ["a group that is another project's: the states go", THEIRS, true],
    ])("has %s", async (_, tags, goes) => {
      const { groups, signal } = await whole.doors();
      await groups.make("rg-shop-platform-prod", "westeurope", tags);
      const names = await namesOf(whole);
      await groups.delete("rg-shop-platform-prod", signal);
      expect(names.some((name) => name.startsWith("state account"))).toBe(goes);
    });

    test("has its container alone: they stay while that holds a state, or may hold one", async () => {
      const { account, state } = await whole.doors();
      const step = (await whole.plan({ tier: "prod" })).steps.find(({ kind }) => kind === "container");
      await account.putContainer(step?.scope ?? "");
      await state.ensureContainer(container);
      // As the removal of that tier leaves it.
      expect(await namesOf(whole)).toContainEqual(ACCOUNT_STEP);
      await state.blobs.upload({ container, key }, Buffer.from('{"version":4,"resources":[]}'));
      expect(await namesOf(whole)).toContainEqual(ACCOUNT_STEP);
      const made = { mode: "managed", type: "azurerm_resource_group", name: "group", instances: [{}] };
      await state.blobs.upload({ container, key }, Buffer.from(JSON.stringify({ version: 4, resources: [made] })));
      expect(await namesOf(whole)).not.toContainEqual(ACCOUNT_STEP);
      await state.blobs.delete({ container, key });
      const trouble = { status: 403, code: "AuthorizationPermissionMismatch" };
      whole.azure.faults.add({ url: /blob\.core\.windows\.net.*tier-prod/, trouble, times: 10 });
      expect(await failure(namesOf(whole))).toMatchObject({ code: "not-allowed", exit: 4 });
      whole.azure.faults.clear();
    });
  });
});

test("a group of our name that is not ours is not touched", async () => {
  const doors = await here.doors();
  await doors.groups.make("rg-shop-platform", "westeurope", {});
  expect((await failure(here.look())).code).toBe("foreign-group");
});

/** Half of a step is done when it ends here: roles are taken away, the stack is destroyed, roles on the account are gone. */
const ENDS = [
  ["identity id-shop-nonprod", /userAssignedIdentities\/id-shop-nonprod$/],
  ["platform stack", /blob\.core\.windows\.net\/tier-nonprod\/state\/platform/],
  ["state account", /resourceGroups\/rg-shop-platform$/i],
] as const;

test(
  "a removal that ended in the middle of a step goes on with the same command",
  async () => {
    const { azure, repository } = whole;
    let at = "";
    const remove = async () => {
      for (const { name, work } of await planRemoval(await whole.doors(), silent)) {
        at = name;
        await work();
      }
      at = "";
    };
    for (const [name, url] of ENDS) {
      azure.faults.add({ method: "DELETE", url, trouble: { status: 403, code: "AuthorizationFailed" } });
      await failure(remove());
      expect(at).toContain(name);
      expect(azure.faults.unmet()).toEqual([]);
    }
    await remove();
    expect(at).toBe("");
    expect(azure.store.list().map(({ id }) => id)).toEqual([]);
    expect([azure.roles.assignments, [...azure.roles.definitions]]).toEqual([[], []]);
    expect(fs.readFileSync(path.join(repository.folder, "paas.yaml"), "utf8")).toBe(UNBOOTSTRAPPED);
  },
  SLOW,
);
