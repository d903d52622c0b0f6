import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireManifest } from "../../src/manifest/parse.js";
import { TENANT } from "../azure/stand-in/core.js";
import { type LiveOptions, openLive } from "./live-run.js";
import { namesOf } from "./names.js";
import { optionsOf } from "./options.js";
import { openPicture } from "./picture.js";
import { openStandIns, type StandIns, SUBSCRIPTION } from "./stand-ins.js";
import type { Deed } from "./step.js";
import { BEFORE } from "./steps/before.js";

let here: StandIns;
beforeAll(async () => {
  here = await openStandIns();
}, 60_000);
afterAll(() => here?.ground.close());

const MANIFEST = `name: live-abc234
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { runtime: docker, port: 8080 }
`;

/** Takes one of the steps, in a run of its own. */
async function take(name: string, options: Partial<LiveOptions> = {}): Promise<string> {
  const picture = openPicture(true, () => {});
  const known = { subscription: SUBSCRIPTION, shared: false, ...options };
  const live = openLive(known, here.ground, picture, new AbortController().signal);
  fs.mkdirSync(live.repository.folder);
  fs.writeFileSync(path.join(live.repository.folder, "paas.yaml"), MANIFEST);
  const step = BEFORE.find((one): one is Deed => one.name === name && "does" in one);
  try {
    return await (step?.does(live) ?? Promise.reject(new Error(`no step ${name}`)));
  } finally {
    await live.close();
  }
}

describe("the command line", () => {
  test.each<[string, string[], NodeJS.ProcessEnv, string]>([
    ["no subscription", [], { ARM_SUBSCRIPTION_ID: SUBSCRIPTION }, "subscription-not-named"],
    ["one that is no id", ["--subscription", "mine"], {}, "subscription-not-named"],
    ["an unknown word", ["--wet"], {}, "usage"],
  ])("%s is refused", (_, words, variables, code) => {
    expect(() => optionsOf(words, variables)).toThrow(expect.objectContaining({ code, exit: 2 }));
  });

  test.each<[string[], NodeJS.ProcessEnv]>([
    [["--subscription", SUBSCRIPTION], {}],
    [[], { PAAS_LIVE_SUBSCRIPTION: SUBSCRIPTION }],
  ])("%j names the subscription", (words, variables) => {
    expect(optionsOf(words, variables)).toMatchObject({ subscription: SUBSCRIPTION, dry: false, shared: false });
  });
});

test("a docker without buildx is refused", async () => {
  here.docker.say("docker: 'buildx' is not a docker command.");
  await expect(take("tools are here")).rejects.toMatchObject({ code: "buildx-missing" });
  here.docker.say(null);
  expect(await take("tools are here")).toMatch(/^git \S+, terraform \S+, buildx \S+, docker \S+$/);
});

test("groups of others are refused, unless they are known of", async () => {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-accounting`;
  const attributes = { name: "rg-accounting", location: "westeurope", tags: {}, managed_by: "" };
  here.azure.store.put({ id, type: "azurerm_resource_group", attributes });
  const name = "the subscription holds nothing else";
  await expect(take(name)).rejects.toMatchObject({ code: "subscription-shared", details: ["rg-accounting"] });
  expect(await take(name, { shared: true })).toBe("1 resource groups of others, as --shared-subscription says");
  here.azure.store.delete(id);
});

test("names that somebody has are refused; what cannot be told yet is said", async () => {
  const free = "3 groups, state account, registry, 2 vaults";
  expect(await take("names are free")).toBe(free);

  const manifest = requireManifest(MANIFEST, "paas.yaml");
  const { stateAccount: account } = namesOf(manifest, "env-live-abc234", SUBSCRIPTION, TENANT);
  here.azure.accounts.taken.add(account);
  await expect(take("names are free")).rejects.toMatchObject({
    code: "names-taken",
    details: [`${account}: The name '${account}' is already in use.`],
  });
  here.azure.accounts.taken.delete(account);

  const trouble = { status: 409, code: "MissingSubscriptionRegistration" };
  here.azure.faults.add({ url: /Microsoft\.Storage\/checkNameAvailability/, trouble });
  expect(await take("names are free")).toBe(`${free}; not told before registration: ${account}`);
});
