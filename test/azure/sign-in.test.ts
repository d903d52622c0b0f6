import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { login, logout } from "../../src/azure/login.js";
import type { Session } from "../../src/azure/session.js";
import { type Chosen, signIn } from "../../src/azure/sign-in.js";
import { terraformVariables } from "../../src/azure/terraform-variables.js";
import type { PaasError } from "../../src/errors.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { makeApplicationCertificate } from "./stand-in/certificate.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { ALICE, addApplication } from "./stand-in/directory.js";
import { ISSUER, SUBJECT } from "./stand-in/github-oidc.js";

const OTHER_TENANT = "99999999-8888-4777-8666-555555555555";
const NOTHING_CHOSEN: Chosen = { tenantId: null, subscriptionId: null };
const CHOSEN: Chosen = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
const AUDIENCE = "api://AzureADTokenExchange";
const ARM = "https://management.azure.com/.default";

let azure: StandIn;
let home: string;
const sessions: Session[] = [];
beforeAll(async () => {
  azure = await openAzure({ account: "stshop" });
});
afterAll(() => azure.close());
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "paas-home-"));
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  azure.faults.clear();
  fs.rmSync(home, { recursive: true, force: true });
});

/** Signs in with these variables and no others: no `az` is on the PATH. */
async function signedIn(variables: NodeJS.ProcessEnv, chosen = CHOSEN): Promise<Session> {
  const session = await signIn({ HOME: home, ...variables }, chosen, azure.clientOptions);
  sessions.push(session);
  return session;
}

function refused(variables: NodeJS.ProcessEnv, chosen = CHOSEN): Promise<PaasError> {
  return signedIn(variables, chosen).then(
    () => {
      throw new Error("it signed in");
    },
    (error: PaasError) => error,
  );
}

const signedInByCode = () =>
  login({ HOME: home }, { tenantId: null, show: () => {}, signal: new AbortController().signal }, azure.clientOptions);

describe("GitHub Actions", () => {
  const federated = [{ issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE }];
  const job = (clientId: string) => ({ ...azure.github.variables, ARM_CLIENT_ID: clientId });

  test("signs in by the job's identity token, and Terraform asks for its own", async () => {
    const { clientId } = addApplication(azure.directory, { federated });
    const session = await signedIn(job(clientId));
    expect(session).toMatchObject({
      signIn: "github-actions",
      who: clientId,
      tenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
    });
    expect(session.terraform).toMatchObject({
      ARM_USE_OIDC: "true",
      ARM_CLIENT_ID: clientId,
      ACTIONS_ID_TOKEN_REQUEST_URL: azure.github.variables.ACTIONS_ID_TOKEN_REQUEST_URL,
    });
    expect(session.terraform).not.toHaveProperty("ARM_OIDC_TOKEN");
  });

  test("mints an assertion for each token", async () => {
    const { clientId } = addApplication(azure.directory, { federated });
    const { credential } = await signedIn(job(clientId));
    const before = azure.entra.assertions.length;
    await credential.getToken("https://storage.azure.com/.default");
    await credential.getToken("https://vault.azure.net/.default");
    const used = azure.entra.assertions.slice(before - 1);
    expect(used).toHaveLength(3);
    expect(new Set(used).size).toBe(3);
  });

  test("a subject that no credential has is named as such", async () => {
    const { clientId } = addApplication(azure.directory, {
      federated: [{ issuer: ISSUER, subject: "repo:acme/shop", audience: AUDIENCE }],
    });
    expect(await refused(job(clientId))).toMatchObject({
      code: "sign-in-failed",
      exit: 4,
      message: `GitHub Actions, client ${clientId}: the identity has no federated credential for ${SUBJECT}`,
      details: ["Entra answered AADSTS700213", expect.stringContaining("subject, issuer and audience")],
    });
  });

  test("a job without the right to ask for identity tokens is told so", async () => {
    const error = await refused({ GITHUB_ACTIONS: "true", ARM_CLIENT_ID: "x" });
    expect(error.details[0]).toBe("GitHub Actions: the job has no `permissions: id-token: write`");
  });

  test("a wrong clock", async () => {
    const { clientId } = addApplication(azure.directory, { federated });
    azure.github.skew = -3600;
    const error = await refused(job(clientId)).finally(() => {
      azure.github.skew = 0;
    });
    expect(error).toMatchObject({
      exit: 4,
      message: expect.stringContaining("a clock is wrong"),
      next: expect.stringContaining("set the clock"),
    });
  });
});

describe("client secret", () => {
  const application = (expires = new Date(Date.now() + 1e9)) =>
    addApplication(azure.directory, { secret: { value: "s3cret~value", expires } });

  test.each(["ARM", "AZURE"])("of %s variables", async (prefix) => {
    const { clientId } = application();
    const session = await signedIn(
      {
        [`${prefix}_CLIENT_ID`]: clientId,
        [`${prefix}_CLIENT_SECRET`]: "s3cret~value",
        [`${prefix}_TENANT_ID`]: TENANT,
        [`${prefix}_SUBSCRIPTION_ID`]: SUBSCRIPTION,
      },
      NOTHING_CHOSEN,
    );
    expect(session).toMatchObject({
      signIn: "environment",
      who: clientId,
      tenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
    });
    expect(session.terraform).toMatchObject({
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_SECRET: "s3cret~value",
      ARM_USE_CLI: "false",
    });
  });

  test("that has expired, without trying another way", async () => {
    const { clientId } = application(new Date(0));
    await signedInByCode();
    expect(await refused({ ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "s3cret~value" })).toMatchObject({
      code: "sign-in-failed",
      exit: 4,
      message: `client secret of ${clientId}: the client secret has expired`,
    });
  });

  test("that is wrong is not repeated to anyone", async () => {
    const { clientId } = application();
    const error = await refused({ ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "wr0ng~value" });
    expect(error.message).toBe(`client secret of ${clientId}: the client secret is wrong`);
    expect(JSON.stringify([error.message, error.details, error.next])).not.toContain("wr0ng");
  });

  test("for a tenant that does not know the application", async () => {
    const { clientId } = application();
    azure.directory.tenants.push(OTHER_TENANT);
    const error = await refused(
      { ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "s3cret~value" },
      { ...CHOSEN, tenantId: OTHER_TENANT },
    );
    expect(error.message).toContain(`there is no identity ${clientId} in the tenant`);
  });
});

describe("certificate", () => {
  const made = makeApplicationCertificate();
  const application = (certificate: string | null) => addApplication(azure.directory, { certificate });
  const written = () => {
    const file = path.join(home, "deployer.pem");
    fs.writeFileSync(file, made.file);
    return file;
  };

  test.each(["ARM", "AZURE"])("of %s variables; Terraform, which reads no PEM, asks for its tokens", async (prefix) => {
    const { clientId } = application(made.certificate);
    const session = await signedIn({
      [`${prefix}_CLIENT_ID`]: clientId,
      [`${prefix}_CLIENT_CERTIFICATE_PATH`]: written(),
    });
    expect(session).toMatchObject({ signIn: "environment", who: clientId, tenantId: TENANT });
    expect(session.terraform).toMatchObject({ ARM_USE_MSI: "true", ARM_USE_OIDC: "false" });
    const endpoint = `${session.terraform.ARM_MSI_ENDPOINT}?resource=https://storage.azure.com&api-version=2018-02-01`;
    const answer = await fetch(endpoint, { headers: { metadata: "true" } });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    expect(azure.tokens.read(token, new Date())).toMatchObject({ aud: "https://storage.azure.com", appid: clientId });
    expect(Object.values(session.terraform).join()).not.toContain(token);
  });

  test("that is not the application's", async () => {
    const { clientId } = application(makeApplicationCertificate().certificate);
    expect(await refused({ ARM_CLIENT_ID: clientId, ARM_CLIENT_CERTIFICATE_PATH: written() })).toMatchObject({
      code: "sign-in-failed",
      exit: 4,
      message: `certificate of ${clientId}: the certificate is not one of the application's`,
    });
  });
});

test.each<[string, NodeJS.ProcessEnv, Chosen, string]>([
  ["a secret without a client id", { ARM_CLIENT_SECRET: "s" }, CHOSEN, "neither ARM_CLIENT_ID nor"],
  ["a secret without a tenant", { ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s" }, NOTHING_CHOSEN, "no tenant is chosen"],
  [
    "a certificate that is not there",
    { ARM_CLIENT_ID: "c", ARM_CLIENT_CERTIFICATE_PATH: "/nowhere.pem" },
    CHOSEN,
    "the certificate /nowhere.pem: the file is not there",
  ],
  [
    "a federated token file that is not there",
    { AZURE_CLIENT_ID: "c", AZURE_FEDERATED_TOKEN_FILE: "/nowhere" },
    CHOSEN,
    "the federated token file /nowhere: the file is not there",
  ],
])("%s is told, and nobody else is signed in instead", async (_, variables, chosen, why) => {
  await signedInByCode();
  const error = await refused(variables, chosen);
  expect(error).toMatchObject({ code: "sign-in-failed", exit: 4, message: expect.stringContaining(why) });
});

test("Terraform gets the session's identity, and none of what the user's variables hold besides", async () => {
  const { clientId } = addApplication(azure.directory, {
    federated: [{ issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE }],
  });
  const others = ["ARM_OIDC_TOKEN", "ARM_ACCESS_KEY", "ARM_SAS_TOKEN", "ARM_CLIENT_CERTIFICATE_PATH", "TF_VAR_x"];
  const set = Object.fromEntries(others.map((name) => [name, "static"]));
  const job = { ...azure.github.variables, ARM_CLIENT_ID: clientId };
  const session = await signedIn({ ...job, ...set });
  expect(
    terraformVariables(session, SUBSCRIPTION, {
      ...job,
      ...set,
      HTTPS_PROXY: "http://proxy",
      SSL_CERT_FILE: "/ca.pem",
    }),
  ).toEqual({
    ARM_TENANT_ID: TENANT,
    ARM_SUBSCRIPTION_ID: SUBSCRIPTION,
    ARM_CLIENT_ID: clientId,
    ARM_USE_OIDC: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: azure.github.variables.ACTIONS_ID_TOKEN_REQUEST_URL,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: azure.github.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
    ARM_USE_CLI: "false",
    ARM_USE_MSI: "false",
    ARM_USE_AZUREAD: "true",
    HTTPS_PROXY: "http://proxy",
    SSL_CERT_FILE: "/ca.pem",
  });
});

test("workload identity: a federated token file, for Terraform too", async () => {
  const subject = "system:serviceaccount:ci:runner";
  const issuer = "https://oidc.example";
  const { clientId } = addApplication(azure.directory, { federated: [{ issuer, subject, audience: AUDIENCE }] });
  const file = path.join(home, "token");
  fs.writeFileSync(file, azure.tokens.mint({ iss: issuer, sub: subject, aud: AUDIENCE }, 3600, new Date()));
  const session = await signedIn({ AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_ID: clientId });
  expect(session).toMatchObject({ signIn: "workload-identity", who: clientId });
  expect(session.terraform).toMatchObject({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: file });
});

describe("paas login", () => {
  test("by a code on another device; later commands need none", async () => {
    const shown: string[] = [];
    const { signal } = new AbortController();
    const known = await login(
      { HOME: home },
      { tenantId: null, show: (text) => shown.push(text), signal },
      azure.clientOptions,
    );
    expect(known).toEqual({ username: ALICE, tenantId: TENANT });
    expect(shown.join()).toContain(azure.entra.devices.shown.at(-1));

    const devices = azure.entra.devices.shown.length;
    const session = await signedIn({});
    expect(session).toMatchObject({ signIn: "login", who: ALICE });
    await session.credential.getToken("https://storage.azure.com/.default");
    expect(azure.entra.devices.shown).toHaveLength(devices);
  });

  test("what is kept is the user's alone", async () => {
    await signedInByCode();
    const folder = path.join(home, ".config", "paas");
    for (const name of fs.readdirSync(folder)) expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(folder).sort()).toEqual(["login.json", "tokens.json"]);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("a sign-in that Entra has revoked", async () => {
    await signedInByCode();
    azure.entra.revoke();
    const file = path.join(home, ".config", "paas", "tokens.json");
    const kept = JSON.parse(fs.readFileSync(file, "utf8"));
    fs.writeFileSync(file, JSON.stringify({ ...kept, AccessToken: {} }));
    expect(await refused({})).toMatchObject({
      code: "sign-in-expired",
      exit: 4,
      next: "sign in anew with `paas login`",
    });
  });

  test("logout forgets it", async () => {
    await signedInByCode();
    expect(await logout({ HOME: home })).toBe(true);
    expect(await logout({ HOME: home })).toBe(false);
    expect((await refused({})).details).toContain("paas login: `paas login` has not been run");
  });

  test("nobody types the code in", async () => {
    azure.entra.devices.user = null;
    const failed = await signedInByCode().then(
      () => null,
      (error: PaasError) => error,
    );
    azure.entra.devices.user = ALICE;
    expect(failed).toMatchObject({ exit: 4, message: "`paas login`: the code was not typed in in time" });
    expect(fs.existsSync(path.join(home, ".config", "paas", "login.json"))).toBe(false);
  });
});

describe("Azure CLI", () => {
  /** Stands in for `az`: the SDK finds it on the PATH. */
  const cli = (answer: string, exit = 0) => {
    const folder = fs.mkdtempSync(path.join(home, "bin-"));
    fs.writeFileSync(path.join(folder, "az"), `#!/bin/sh\n${answer}\nexit ${exit}\n`, { mode: 0o755 });
    return folder;
  };
  const withPath = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
    const before = process.env.PATH;
    process.env.PATH = `${folder}:${before}`;
    return work().finally(() => {
      process.env.PATH = before;
    });
  };

  test("whoever is signed in there is signed in here, and Terraform too", async () => {
    const [alice] = azure.directory.users;
    const claims = { iss: `https://sts.windows.net/${TENANT}/`, tid: TENANT, oid: alice?.oid, upn: ALICE };
    const accessToken = azure.tokens.mint({ ...claims, aud: "https://management.azure.com" }, 3600, new Date());
    const answer = { accessToken, expiresOn: "2036-01-01 00:00:00.000000", expires_on: 2082758400, tenant: TENANT };
    const session = await withPath(cli(`echo '${JSON.stringify(answer)}'`), () =>
      signedIn({ AZURE_CONFIG_DIR: "/az" }),
    );
    expect(session).toMatchObject({ signIn: "azure-cli", who: ALICE, subscriptionId: SUBSCRIPTION });
    expect(session.terraform).toMatchObject({ ARM_USE_CLI: "true", ARM_USE_MSI: "false", AZURE_CONFIG_DIR: "/az" });
  });

  test("nobody is signed in there", async () => {
    const error = await withPath(cli("echo 'ERROR: Please run az login to setup account.' >&2", 1), () => refused({}));
    expect(error).toMatchObject({ code: "not-signed-in", exit: 4 });
    expect(error.details.at(-2)).toMatch(/^Azure CLI: .*az login/);
  });
});

describe("who may work where", () => {
  test("not signed in: every way, and why it was not open", async () => {
    const error = await refused({ PATH: home });
    expect(error).toMatchObject({ code: "not-signed-in", exit: 4, next: "`paas login`" });
    expect(error.details).toEqual([
      "GitHub Actions: this is no GitHub Actions job",
      "environment: neither ARM_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set",
      "workload identity: neither AZURE_FEDERATED_TOKEN_FILE nor ARM_OIDC_TOKEN_FILE_PATH is set",
      "paas login: `paas login` has not been run",
      expect.stringMatching(/^Azure CLI: ./),
      "allowed: one of these; the first that is open is taken",
    ]);
  });

  test("another tenant than the one chosen", async () => {
    await signedInByCode();
    const error = await refused({}, { tenantId: "00000000-1111-4222-8333-444444444444", subscriptionId: SUBSCRIPTION });
    expect(error).toMatchObject({
      code: "wrong-tenant",
      exit: 4,
      next: expect.stringContaining("--tenant 00000000-1111"),
    });
  });

  test("the only subscription is taken", async () => {
    await signedInByCode();
    expect((await signedIn({}, NOTHING_CHOSEN)).subscriptionId).toBe(SUBSCRIPTION);
  });

  test("two subscriptions and none chosen", async () => {
    await signedInByCode();
    const second = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    azure.subscriptions.push({ subscriptionId: second, displayName: "Acme prod", tenantId: TENANT, state: "Enabled" });
    const error = await refused({}, NOTHING_CHOSEN);
    azure.subscriptions.pop();
    expect(error).toMatchObject({
      code: "subscription-not-chosen",
      exit: 2,
      next: "set ARM_SUBSCRIPTION_ID to one of them",
    });
    expect(error.details.slice(0, -1)).toEqual([`${SUBSCRIPTION}  Acme nonprod`, `${second}  Acme prod`]);
  });

  test("a subscription of another tenant", async () => {
    await signedInByCode();
    const theirs = "cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    azure.subscriptions.push({
      subscriptionId: theirs,
      displayName: "Theirs",
      tenantId: OTHER_TENANT,
      state: "Enabled",
    });
    const error = await refused({}, { tenantId: null, subscriptionId: theirs });
    azure.subscriptions.pop();
    expect(error).toMatchObject({ code: "wrong-tenant", exit: 4, next: expect.stringContaining(OTHER_TENANT) });
  });

  test("a subscription that nobody sees", async () => {
    await signedInByCode();
    expect(await refused({}, { tenantId: null, subscriptionId: "dddddddd-bbbb-4ccc-8ddd-eeeeeeeeeeee" })).toMatchObject(
      {
        code: "subscription-unknown",
        exit: 4,
      },
    );
  });
});

test("a token opens nothing but what it is for", async () => {
  const { clientId } = addApplication(azure.directory, {
    secret: { value: "s3cret", expires: new Date(Date.now() + 1e9) },
  });
  const session = await signedIn({ ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "s3cret" });
  const token = await session.credential.getToken(ARM);
  expect(azure.tokens.read(token?.token ?? "", new Date())?.aud).toBe("https://management.azure.com");
});
