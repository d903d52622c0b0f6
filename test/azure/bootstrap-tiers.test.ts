import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TAG } from "../../src/environment/tags.js";
import { destroy } from "../../src/pipeline/destroy.js";
import { type Doors, doorsAt } from "../../src/pipeline/doors.js";
import { driftOf } from "../../src/pipeline/drift.js";
import { eject } from "../../src/pipeline/eject.js";
import { stepsOf } from "../../src/pipeline/events.js";
import { listEnvironments } from "../../src/pipeline/listing.js";
import { findSource } from "../../src/pipeline/source.js";
import { surveyOf } from "../../src/pipeline/survey.js";
import { findTarget } from "../../src/pipeline/target.js";
import { up } from "../../src/pipeline/up.js";
import { OTHER_SUBSCRIPTION, SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { openTwo, type Two } from "./two-subscriptions.js";

/* One project, from nothing to both tiers in a subscription each and back: every test goes on where the last one ended. */

const SLOW = 240_000;
const ID = "abcdefghijklmnopqrstuvwxyz";

let here: Two;
beforeAll(async () => {
  here = await openTwo();
}, SLOW);
afterAll(() => here?.close());

const steps = stepsOf(
  () => {},
  () => performance.now(),
);
const changes = (requests: string[]) =>
  requests.filter((request) => /^(PUT|PATCH|POST|DELETE) https:\/\/management/.test(request));
const resources = (tier: "nonprod" | "prod") => here[tier].store.list().map(({ id }) => id);
const variable = (environment: string, name: string) =>
  here.github.repository.settings.environments.get(environment)?.variables.get(name);

async function runUp(branch: string, doors: Doors) {
  return up({ source: await findSource(doors.git, doors.git, branch, null), lockTimeout: 0 }, doors, steps);
}

async function runDestroy(envId: string, doors: Doors) {
  return destroy(await findTarget(envId, here.manifest(), doors), 0, doors, steps);
}

test("two subscriptions are to be seen, and none is chosen: nothing is guessed", async () => {
  const { error } = await here.bootstrap();
  expect(error).toMatchObject({
    code: "subscription-not-chosen",
    exit: 2,
    details: expect.arrayContaining([`${SUBSCRIPTION}  Acme nonprod`, `${OTHER_SUBSCRIPTION}  Acme prod`]),
  });
});

test("a no changes nothing, after everything was shown", async () => {
  const asked = await here.during(async () => {
    const { error, asked: questions, stdout } = await here.bootstrap({ subscription: SUBSCRIPTION }, false);
    expect(error).toMatchObject({ code: "not-confirmed", message: "nothing was changed", exit: 5 });
    expect(stdout).toBe("");
    const [{ message, shown } = { message: "", shown: "" }, ...more] = questions;
    expect(more).toEqual([]);
    expect(message).toBe(`Make the platform of nonprod in subscription ${SUBSCRIPTION}?`);
    expect(shown).toContain(`cloud: azure (subscription ${SUBSCRIPTION}, tenant ${TENANT}, signed in as`);
    expect(shown).toMatch(/\+ role +Contributor +id-shop-nonprod on the subscription/);
    expect(shown).toMatch(/\+ trust +repo:acme@123\/shop@456:environment:paas-branch/);
  });
  expect(changes([...asked.nonprod, ...asked.prod])).toEqual([]);
  expect(here.github.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
});

test(
  "nonprod is made in the subscription that was chosen",
  async () => {
    const { nonprod, prod } = await here.during(async () => {
      const { error, stdout } = await here.bootstrap({ subscription: SUBSCRIPTION });
      expect([error, stdout]).toEqual([null, "the platform of shop for nonprod is there; commit paas.yaml\n"]);
    });
    expect(changes(nonprod).length).toBeGreaterThan(20);
    expect(prod).toEqual([]);
    expect(here.manifest().platform).toMatchObject({ subscription: SUBSCRIPTION, tiers: {} });
  },
  SLOW,
);

test("prod beside it is refused, because the subscription is not its own", async () => {
  const { error } = await here.bootstrap({ tier: "prod" });
  expect(error).toMatchObject({
    code: "subscription-shared",
    exit: 5,
    message: `subscription ${SUBSCRIPTION} holds groups that are not of prod`,
    details: ["rg-shop-platform-nonprod", "workflows would become Contributor of all of them"],
  });
  expect(error?.next).toContain("--subscription <id>");
});

test("a tier that is there moves nowhere", async () => {
  const { error } = await here.bootstrap({ subscription: OTHER_SUBSCRIPTION });
  expect(error).toMatchObject({
    code: "other-subscription",
    exit: 2,
    message: `the platform of nonprod is in subscription ${SUBSCRIPTION}`,
  });
});

test(
  "--tier prod takes a subscription of its own, and leaves the other alone",
  async () => {
    const { nonprod, prod } = await here.during(async () => {
      const { error, asked } = await here.bootstrap({ tier: "prod", subscription: OTHER_SUBSCRIPTION });
      expect(error).toBeNull();
      expect(asked[0]?.message).toBe(`Make the platform of prod in subscription ${OTHER_SUBSCRIPTION}?`);
      expect(asked[0]?.shown).toContain(`subscription ${SUBSCRIPTION}, of prod ${OTHER_SUBSCRIPTION}, tenant`);
      expect(asked[0]?.shown).not.toContain("prod shares this subscription");
    });
    expect(nonprod).toEqual([]);
    expect(changes(prod).length).toBeGreaterThan(15);
    const { platform } = here.manifest();
    expect(platform?.subscription).toBe(SUBSCRIPTION);
    expect(platform?.tiers.prod?.subscription).toBe(OTHER_SUBSCRIPTION);
    expect(platform?.tiers.prod?.stateAccount).not.toBe(platform?.stateAccount);
    expect(Object.keys(platform?.identities ?? {}).sort()).toEqual(["nonprod", "plan", "prod"]);
    expect(resources("prod").every((id) => id.startsWith(`/subscriptions/${OTHER_SUBSCRIPTION}/`))).toBe(true);
  },
  SLOW,
);

test("workflows are told the subscription of their tier, and its identity holds nothing elsewhere", () => {
  expect(variable("paas-branch", "AZURE_SUBSCRIPTION_ID")).toBe(SUBSCRIPTION);
  expect(variable("paas-plan", "AZURE_SUBSCRIPTION_ID")).toBe(SUBSCRIPTION);
  expect(variable("prod", "AZURE_SUBSCRIPTION_ID")).toBe(OTHER_SUBSCRIPTION);
  expect(variable("prod", "AZURE_CLIENT_ID")).toBe(here.manifest().platform?.identities.prod);
  const scopes = here.prod.roles.assignments.map(({ properties }) => properties.scope);
  expect(scopes.length).toBeGreaterThan(5);
  expect(scopes.filter((scope) => !scope.startsWith(`/subscriptions/${OTHER_SUBSCRIPTION}`))).toEqual([]);
});

test(
  "environments go where their tier lies, and nothing of one is asked of the other",
  async () => {
    here.repository.git("commit", "--all", "--quiet", "--message=Platform on Azure");
    for (const branch of ["env-alice", "env-prod"]) here.repository.git("branch", branch);
    const doors = await here.doors();
    const branch = await here.during(() => runUp("env-alice", doors));
    expect([branch.nonprod.length > 10, branch.prod]).toEqual([true, []]);
    // As the job of the environment `prod` does it: its variables name the subscription that its identity sees.
    const production = await here.during(async () =>
      runUp("env-prod", await here.doors({ ARM_SUBSCRIPTION_ID: OTHER_SUBSCRIPTION })),
    );
    expect([production.nonprod, production.prod.length > 10]).toEqual([[], true]);
    expect(resources("nonprod").filter((id) => /rg-shop-(alice|prod)\//i.test(`${id}/`)).length).toBeGreaterThan(2);
    expect(resources("nonprod").join()).not.toContain("rg-shop-prod");
    expect(resources("prod").join()).toContain("rg-shop-prod");
  },
  SLOW,
);

test(
  "what is ejected of production names its subscription and its account",
  async () => {
    const doors = await here.doors();
    const out = path.join(here.nonprod.folder, "ejected");
    await eject(await findSource(doors.git, doors.git, "env-prod", null), out, doors, steps);
    const { terraform, provider } = JSON.parse(fs.readFileSync(path.join(out, "main.tf.json"), "utf8"));
    const place = here.manifest().platform?.tiers.prod;
    expect(terraform.backend.azurerm.storage_account_name).toBe(place?.stateAccount);
    expect(provider.azurerm[0].subscription_id).toBe(OTHER_SUBSCRIPTION);
  },
  SLOW,
);

test(
  "ls, the survey and drift see both",
  async () => {
    const doors = await here.doors();
    const listed = await listEnvironments(ID, doors);
    expect(listed.map(({ envId, status }) => [envId, status])).toEqual([
      ["alice", "running"],
      ["prod", "running"],
    ]);
    const survey = await surveyOf(ID, doors);
    expect(survey.groups.map(({ tags }) => tags[TAG.environment]).sort()).toEqual(["alice", "prod"]);
    const drift = await driftOf(survey, doors, steps);
    expect(drift.map(({ envId, status }) => [envId, status])).toEqual([
      ["alice", "none"],
      ["prod", "none"],
    ]);
  },
  SLOW,
);

test("whoever may not see production is not stopped by it, and never asks for its groups", async () => {
  const trouble = { status: 403, code: "AuthorizationPermissionMismatch" };
  here.prod.faults.add({ url: /blob\.core\.windows\.net/, trouble, times: 10 });
  const { prod } = await here.during(async () => {
    const survey = await surveyOf(ID, await here.doors());
    expect([survey.unread, survey.records.map(({ envId }) => envId)]).toEqual([["prod"], ["alice"]]);
  });
  expect(prod.filter((request) => request.includes("management.azure.com"))).toEqual([]);
  here.prod.faults.clear();
});

test("what is nowhere is told as such by whoever may not see production's groups", async () => {
  const trouble = { status: 403, code: "AuthorizationFailed" };
  here.prod.faults.add({ url: /\/resourcegroups(\?|$)/i, trouble });
  const target = findTarget("nobody", here.manifest(), await here.doors());
  await expect(target).rejects.toMatchObject({ code: "no-such-environment", exit: 3 });
  expect(here.prod.faults.unmet()).toEqual([]);
});

test("a platform with environments stays", async () => {
  const { error } = await here.bootstrap({ tier: "prod", remove: true });
  expect(error).toMatchObject({ code: "environments-exist", exit: 5, details: ["prod · env-prod · running"] });
});

test(
  "destroy acts in the tier's subscription alone",
  async () => {
    const doors = await here.doors();
    const production = await here.during(() => runDestroy("prod", doors));
    expect(changes(production.nonprod)).toEqual([]);
    expect(resources("prod").join()).not.toContain("rg-shop-prod");
    const branch = await here.during(() => runDestroy("alice", doors));
    expect(branch.prod).toEqual([]);
    expect(resources("nonprod").join()).not.toContain("rg-shop-alice");
    expect(await doorsAt("prod", doors).groups.find("rg-shop-platform-prod")).not.toBeNull();
  },
  SLOW,
);

test(
  "--remove takes each tier down where it is, with the states of its subscription",
  async () => {
    const removed = await here.during(async () => {
      const { error, asked } = await here.bootstrap({ tier: "prod", remove: true });
      expect(error).toBeNull();
      expect(asked[0]?.shown).toContain(`to be removed in subscription ${OTHER_SUBSCRIPTION}`);
    });
    expect(changes(removed.nonprod)).toEqual([]);
    expect(resources("prod")).toEqual([]);
    expect(here.manifest().platform).toMatchObject({ subscription: SUBSCRIPTION, tiers: {} });
    expect((await here.bootstrap({ remove: true })).error).toBeNull();
    expect(resources("nonprod")).toEqual([]);
    expect(here.manifest().platform).toBeNull();
  },
  SLOW,
);
