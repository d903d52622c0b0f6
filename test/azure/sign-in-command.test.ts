import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { gitRepo, temporaryFolder } from "../helpers/repository.js";
import { MANIFEST } from "./project.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { addApplication } from "./stand-in/directory.js";

const TSX = path.resolve("node_modules/.bin/tsx");
const MAIN = path.resolve("src/main.ts");
const SLOW = 60_000;
const OTHER_TENANT = "99999999-8888-4777-8666-555555555555";
const THEIRS = "cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const WITHOUT_PLATFORM = MANIFEST.replace(/^platform:\n(?: {2}.*\n)*/m, "");

let azure: StandIn;
const later: (() => unknown)[] = [];
const removeAfter = (work: () => unknown) => later.push(work);
beforeAll(async () => {
  azure = await openAzure({ account: "stshop" });
  const other = { displayName: "Acme prod", state: "Enabled" as const };
  azure.subscriptions.push(
    { ...other, subscriptionId: "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee", tenantId: TENANT },
    { ...other, subscriptionId: THEIRS, tenantId: OTHER_TENANT },
  );
});
afterAll(async () => {
  for (const work of later) await work();
  await azure?.close();
});

/** The command line as a child of its own, in a project with this manifest. */
function paas(words: string[], manifest: string, variables: NodeJS.ProcessEnv): Promise<string> {
  const { folder } = gitRepo({ "paas.yaml": manifest }, { removeAfter });
  const home = temporaryFolder("home-", { removeAfter });
  const env = { PATH: process.env.PATH, ...azure.variables, HOME: home, NO_COLOR: "1", ...variables };
  return new Promise((resolve) => {
    execFile(TSX, [MAIN, "-C", folder, ...words], { env, timeout: SLOW }, (error, stdout, stderr) =>
      resolve(steady(`$ paas ${words.join(" ")}\n${stdout}${stderr}exit ${error?.code ?? 0}\n`, variables)),
    );
  });
}

/** Without what differs from run to run. */
function steady(text: string, { ARM_CLIENT_ID: client }: NodeJS.ProcessEnv): string {
  return (client ? text.replaceAll(client, "<client>") : text)
    .replaceAll(TENANT, "<tenant>")
    .replaceAll(OTHER_TENANT, "<other tenant>")
    .replaceAll(SUBSCRIPTION, "<subscription>")
    .replaceAll(THEIRS, "<their subscription>")
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?/g, "<time>")
    .replaceAll(/^( +Azure CLI: ).*$/gm, "$1…")
    .replaceAll(/^ +at .*\n/gm, "");
}

function withSecret(expires = new Date(Date.now() + 1e9)): NodeJS.ProcessEnv {
  const { clientId } = addApplication(azure.directory, { secret: { value: "s3cret", expires } });
  return { ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "s3cret" };
}

const platformWith = (name: "tenant" | "subscription", value: string) =>
  MANIFEST.replace(new RegExp(`^  ${name}: .*$`, "m"), `  ${name}: ${value}`);

/** An identity whose federated token was made an hour ago, or by a clock that is an hour behind. */
function withOldToken(): NodeJS.ProcessEnv {
  const [issuer, subject, audience] = [
    "https://oidc.example",
    "system:serviceaccount:ci:runner",
    "api://AzureADTokenExchange",
  ];
  const { clientId } = addApplication(azure.directory, { federated: [{ issuer, subject, audience }] });
  const file = path.join(temporaryFolder("token-", { removeAfter }), "token");
  const made = new Date(Date.now() - 3600_000);
  fs.writeFileSync(file, azure.tokens.mint({ iss: issuer, sub: subject, aud: audience }, 300, made));
  return { AZURE_FEDERATED_TOKEN_FILE: file, ARM_CLIENT_ID: clientId };
}

type Case = [name: string, words: string[], manifest: string, variables: () => NodeJS.ProcessEnv];
const CASES: Case[] = [
  ["not-signed-in", ["ls"], MANIFEST, () => ({})],
  ["expired-secret", ["ls", "--verbose"], MANIFEST, () => withSecret(new Date(0))],
  ["unknown-tenant", ["ls"], platformWith("tenant", "00000000-1111-4222-8333-444444444444"), () => withSecret()],
  ["wrong-tenant", ["ls"], platformWith("subscription", THEIRS), () => withSecret()],
  ["clock-skew", ["ls"], MANIFEST, withOldToken],
  [
    "two-subscriptions",
    ["--cloud", "azure", "bootstrap", "--dry-run"],
    WITHOUT_PLATFORM,
    () => ({ ...withSecret(), ARM_TENANT_ID: TENANT }),
  ],
];

// Says what, what was found, what is allowed and what to do; side by side, for a child takes a second to start.
test.concurrent.for(CASES)("%s", { timeout: SLOW }, async ([name, words, manifest, variables], { expect }) => {
  const said = await paas(words, manifest, variables());
  // Which of several subscriptions is meant is for the user to say; all else is the sign-in's own.
  expect(said).toMatch(name === "two-subscriptions" ? /\nexit 2\n$/ : /\nexit 4\n$/);
  expect(said).toContain("allowed: ");
  expect(said).toContain("next: ");
  expect(said).not.toContain("s3cret");
  await expect(said).toMatchFileSnapshot(`golden/sign-in/${name}.txt`);
});
