import { randomUUID } from "node:crypto";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openParts } from "../../src/azure/parts.js";
import { bootstrapNames } from "../../src/bootstrap/names.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { doubles } from "./doubles.js";
import { printed } from "./program.js";
import { MANIFEST, openProject, type Project } from "./project.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const LONG = 120_000;
const OTHER = "99999999-2222-4333-8444-555555555555";
const CANARY = "canary-of-the-vault";
const WITH_SECRET = `${MANIFEST}environments:
  "alice": { services: { web: { secrets: [STRIPE_KEY, MAIL_KEY] } } }
`;

let here: Project;
beforeAll(async () => {
  here = await openProject(WITH_SECRET, {}, ({ manifest, variables }, session, azure) => {
    const { vault } = openParts({ manifest, variables }, session, azure.clientOptions, { pace: 5, limit: 2000 });
    return { ...doubles(), vault };
  });
}, LONG);
afterAll(() => here.close());

const environment = () => {
  const { manifest, session } = here;
  const { subscriptionId } = session;
  return describeEnvironment({ manifest, trusted: manifest, branch: "env-alice", generation: 0, subscriptionId });
};
const inAlice = () => here.azure.vaults.secrets(environment().names.keyVault ?? "");
const standard = () => here.cloud.vault.defaults("nonprod");
const own = () => here.cloud.vault.of(environment());

describe("vaults", () => {
  test("a missing value stops the run before anything is made", async () => {
    await expect(here.up()).rejects.toMatchObject({
      code: "secret-missing",
      message: "environment alice lacks 2 secrets: MAIL_KEY, STRIPE_KEY",
      next: expect.stringContaining("`paas secret set MAIL_KEY --tier nonprod`"),
    });
    expect(here.azure.store.list("azurerm_key_vault")).toEqual([]);
  });

  test("an environment that has no vault yet says what to do", async () => {
    expect(await own().versions()).toEqual({});
    await expect(own().set("STRIPE_KEY", CANARY)).rejects.toMatchObject({ code: "vault-missing" });
    expect(await own().remove("STRIPE_KEY")).toBe(false);
  });

  test("the vault of a tier is made with its first value, and lets in who set it and who deploys", async () => {
    const attributes = { client_id: randomUUID(), principal_id: randomUUID(), location: "westeurope", tags: {} };
    for (const tier of ["nonprod", "prod"] as const) {
      const { deployer } = bootstrapNames({ ...here.session, manifest: here.manifest, tier });
      const principal_id = tier === "nonprod" ? attributes.principal_id : randomUUID();
      const identity = { ...attributes, name: deployer.name, principal_id };
      here.azure.store.put({ id: deployer.id, type: "azurerm_user_assigned_identity", attributes: identity });
    }
    here.azure.vaults.unsettled = 2;
    await standard().set("STRIPE_KEY", CANARY);
    await standard().set("MAIL_KEY", "mail");
    await standard().set("SPARE_KEY", "spare");
    expect(Object.keys(await standard().versions()).sort()).toEqual(["MAIL_KEY", "SPARE_KEY", "STRIPE_KEY"]);
    const [policies = []] = [...here.azure.vaults.policies.values()];
    expect(policies.map(({ permissions }) => permissions.secrets)).toEqual([
      ["get", "list", "set", "delete", "purge"],
      ["get", "list"],
    ]);
    expect(policies[1]?.objectId).toBe(attributes.principal_id);
  });

  test(
    "its values come into the environment's vault, and the app refers to them",
    async () => {
      await here.up();
      expect(inAlice()).toEqual({ "stripe-key": CANARY, "mail-key": "mail" });
      const [app] = here.azure.store.list("azurerm_container_app").filter(({ id }) => id.includes("alice"));
      const vault = environment().names.keyVault;
      expect(JSON.stringify(app)).toContain(`https://${vault}.vault.azure.net/secrets/stripe-key`);
      const everything = JSON.stringify([
        here.azure.store.list("azurerm_container_app"),
        here.events,
        here.azure.requests,
      ]);
      const state = String(await here.doors.state.blobs.download(environment().state));
      const record = String(await here.doors.state.blobs.download(environment().record));
      for (const text of [everything, state, record]) expect(text).not.toContain(CANARY);
      expect(state).toContain("azurerm_key_vault");
    },
    LONG,
  );

  test(
    "a changed value restarts the app; one of the environment's own stays",
    async () => {
      expect((await here.up()).services).toMatchObject([{ changed: false }]);
      await standard().set("STRIPE_KEY", "changed");
      await own().set("MAIL_KEY", "mine");
      await standard().set("MAIL_KEY", "others");
      expect((await here.up()).services).toMatchObject([{ changed: true }]);
      expect(inAlice()).toEqual({ "stripe-key": "changed", "mail-key": "mine" });
      expect((await here.up()).services).toMatchObject([{ changed: false }]);
    },
    LONG,
  );

  test(
    "an environment that somebody else has deployed last opens its vault to who deploys now, after a while",
    async () => {
      const vault = here.azure.store.list("azurerm_key_vault").find(({ id }) => id.includes("alice"));
      if (!vault) throw new Error("alice has no vault");
      const mine = here.azure.terraform.objectId;
      const policies = vault.attributes.access_policy as { object_id: string }[];
      const theirs = policies.map((one) => (one.object_id === mine ? { ...one, object_id: OTHER } : one));
      here.azure.store.put({ ...vault, attributes: { ...vault.attributes, access_policy: theirs } });
      await expect(own().set("MAIL_KEY", "not mine")).rejects.toMatchObject({ code: "not-allowed" });
      await expect(here.rollback()).rejects.toMatchObject({ code: "vault-closed", exit: 4 });
      const before = inAlice();
      await standard().remove("MAIL_KEY");
      expect((await here.up()).services).toMatchObject([{ changed: false }]);
      await standard().set("MAIL_KEY", "others");
      expect(inAlice()).toEqual(before);
      await own().set("MAIL_KEY", "mine");
    },
    LONG,
  );

  test("a removed value is gone for good, and its name is free", async () => {
    expect(await own().remove("MAIL_KEY")).toBe(true);
    expect(await own().remove("MAIL_KEY")).toBe(false);
    await own().set("MAIL_KEY", "again");
    expect(inAlice()).toMatchObject({ "mail-key": "again" });
  });

  describe("paas secret", () => {
    afterEach(() => vi.restoreAllMocks());
    const paas = (...words: string[]) => printed(here, ["secret", ...words]);
    const set = (text: string, ...words: string[]) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: false }).end(text);
      vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as unknown as typeof process.stdin);
      return paas("set", ...words);
    };
    const document = async (...words: string[]) => JSON.parse((await paas(...words, "--json")).stdout);

    test("set --env puts what comes on standard input into the environment's vault, and prints none of it", async () => {
      const { stdout, stderr } = await set(`${CANARY} in alice\n`, "MAIL_KEY", "--env", "alice", "--json");
      expect(inAlice()).toMatchObject({ "mail-key": `${CANARY} in alice` });
      expect(JSON.parse(stdout)).toMatchObject({ environment: "alice", tier: null, name: "MAIL_KEY", set: true });
      expect(stderr).toContain("MAIL_KEY is in the vault of environment alice");
      expect(stdout + stderr + here.azure.requests.join("\n")).not.toContain(CANARY);
      await expect(set("", "MAIL_KEY", "--env", "alice")).rejects.toMatchObject({ code: "secret-value", exit: 2 });
      expect(inAlice()).toMatchObject({ "mail-key": `${CANARY} in alice` });
    });

    test("ls names what a vault has, that of an environment or of a tier", async () => {
      expect((await paas("ls", "--env", "alice")).stdout).toBe("MAIL_KEY\nSTRIPE_KEY\n");
      const secrets = [{ name: "MAIL_KEY" }, { name: "SPARE_KEY" }, { name: "STRIPE_KEY" }];
      expect(await document("ls", "--tier", "nonprod")).toMatchObject({ environment: null, tier: "nonprod", secrets });
      const { stdout, stderr } = await paas("ls", "--env", "bob");
      expect([stdout.trim(), stderr]).toEqual(["", expect.stringContaining("the vault of environment bob is empty")]);
    });

    test("rm removes one of them, and says where there is none", async () => {
      const removed = await document("rm", "MAIL_KEY", "--env", "alice");
      expect(removed).toMatchObject({ environment: "alice", tier: null, name: "MAIL_KEY", removed: true });
      expect(Object.keys(inAlice())).toEqual(["stripe-key"]);
      await expect(paas("rm", "MAIL_KEY", "--env", "alice")).rejects.toMatchObject({
        code: "no-such-secret",
        message: "the vault of environment alice has no MAIL_KEY",
        next: "`paas secret ls --env alice` lists what it has",
        exit: 3,
      });
      await set("again", "MAIL_KEY", "--env", "alice");
      expect(inAlice()).toMatchObject({ "mail-key": "again" });
    });

    test("set --env says so where there is no vault yet", async () => {
      await expect(set("x", "STRIPE_KEY", "--env", "bob")).rejects.toMatchObject({ code: "vault-missing" });
    });
  });

  test("a right that is never given is told without the value", async () => {
    here.azure.vaults.unsettled = 10_000;
    const error = await own()
      .set("MAIL_KEY", CANARY)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "not-allowed", exit: 4 });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(CANARY);
    expect((error as Error).cause).toBeUndefined();
    here.azure.vaults.unsettled = 0;
  });

  test("a deleted vault of the tier is taken up again, one of somebody else's is not", async () => {
    const [vault] = here.azure.store.list("azurerm_key_vault").filter(({ id }) => id.includes("platform"));
    if (!vault) throw new Error("the tier has no vault");
    here.azure.store.delete(vault.id);
    expect(await standard().versions()).toEqual({});
    await standard().set("STRIPE_KEY", "later");
    expect(Object.keys(await standard().versions())).toContain("STRIPE_KEY");

    here.azure.store.delete(vault.id);
    here.azure.softDeleted.vaults.splice(0);
    here.azure.vaults.taken.push(vault.id.slice(vault.id.lastIndexOf("/") + 1));
    await expect(standard().set("STRIPE_KEY", "x")).rejects.toMatchObject({ code: "vault-name-taken" });
  });

  test("a tier without a platform says so", async () => {
    await expect(here.cloud.vault.defaults("prod").set("KEY", "x")).rejects.toMatchObject({
      code: "platform-missing",
      next: "`paas bootstrap --tier prod`",
    });
  });
});
