import { once } from "node:events";
import fs from "node:fs";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { ContainerAppsAPIClient } from "@azure/arm-appcontainers";
import { ResourceManagementClient } from "@azure/arm-resources";
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  RestError,
} from "@azure/core-rest-pipeline";
import { ClientAssertionCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildAndPush } from "../../src/azure/docker.js";
import { EXPLAINED, explain } from "../../src/azure/explain.js";
import { NETWORK } from "../../src/azure/explanations/network.js";
import { azureFailure } from "../../src/azure/failure.js";
import { revisionState } from "../../src/azure/revision-state.js";
import { signInFailure } from "../../src/azure/sign-in-failure.js";
import { timeLimit } from "../../src/azure/time-limit.js";
import type { PaasError } from "../../src/errors.js";
import { terraformError } from "../../src/terraform/failure.js";
import { parseErrors } from "../../src/terraform/messages.js";
import { createUi } from "../../src/ui/ui.js";
import { CONTAINER_APPS, IMAGE_WORDS } from "./recorded/container-apps.js";
import { ENTRA, entraBody, LIBRARY } from "./recorded/entra.js";
import { NAMES } from "./recorded/names.js";
import { CLIENT, GROUP, type Recording, SUBSCRIPTION, TENANT } from "./recorded/recording.js";
import { RESOURCE_MANAGER } from "./recorded/resource-manager.js";
import { RIGHTS } from "./recorded/rights.js";
import { openPlayer, type Player } from "./recorded/service.js";
import { STORAGE, storageBody } from "./recorded/storage.js";

let player: Player;
let agent: https.Agent;
beforeAll(async () => {
  player = await openPlayer();
  agent = new https.Agent({ ca: player.certificate });
});
afterAll(async () => {
  agent.destroy();
  await player.close();
});

const token = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
const options = () => ({ endpoint: player.url, agent, retryOptions: { maxRetries: 0 } });
const ids = { "x-ms-request-id": "176c3808-201a-004f-5842-557d35000000" };
const armIds = { ...ids, "x-ms-correlation-request-id": "154cc4f8-4d22-4d2d-b208-3ca68b8a1b68" };

/** Azure's own client in front of a recording, and how Terraform passes the same answer on. */
type Service = {
  name: string;
  recordings: Recording[];
  trying: string;
  body(recording: Recording): string;
  headers(recording: Recording): Record<string, string>;
  ask(): Promise<unknown>;
  terraform(recording: Recording): string;
};

/** As go-azure-sdk words it: github.com/Azure-Samples/azuresandbox/issues/196. */
const armWords = ({ status, code, message, details }: Recording) =>
  `Error: creating the thing: performing CreateOrUpdate: unexpected status ${status} with error: ${code}: ${message}${(
    details ?? []
  )
    .map((inner) => ` ${JSON.stringify(inner)}`)
    .join("")}`;
const armBody = ({ code, message, details }: Recording) => JSON.stringify({ error: { code, message, details } });
const arm = {
  trying: "make the vault kv-shop",
  body: armBody,
  headers: ({ headers }: Recording) => ({ "content-type": "application/json; charset=utf-8", ...armIds, ...headers }),
  ask: () =>
    new ResourceManagementClient(token, SUBSCRIPTION, options()).resources.beginCreateOrUpdateByIdAndWait(
      `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop`,
      "2023-07-01",
      { location: "westeurope" },
    ),
  terraform: armWords,
};

const SERVICES: Service[] = [
  { ...arm, name: "rights", recordings: RIGHTS },
  { ...arm, name: "names", recordings: NAMES },
  { ...arm, name: "resource-manager", recordings: RESOURCE_MANAGER },
  {
    ...arm,
    name: "container-apps",
    recordings: CONTAINER_APPS,
    trying: "deploy the app ca-web",
    ask: () =>
      new ContainerAppsAPIClient(token, SUBSCRIPTION, options()).containerApps.beginUpdateAndWait(
        "rg-shop-alice",
        "ca-web",
        { location: "westeurope" },
      ),
  },
  {
    name: "storage",
    recordings: STORAGE,
    trying: "read the record of alice",
    body: storageBody,
    headers: ({ code }) => ({ "content-type": "application/xml", "x-ms-error-code": code, ...ids }),
    ask: () =>
      new BlobServiceClient(player.url, token, { ...options(), retryOptions: { maxTries: 1 } })
        .getContainerClient("tier-nonprod")
        .getBlobClient("envs/alice.json")
        .download(),
    // As Terraform's backend words it: github.com/microsoft/azure-pipelines-terraform/issues/313.
    terraform: ({ status, code, message }) =>
      `Error: error loading state: executing request: unexpected status ${status} (${status} ${message}) with ${code}: ${message}\nRequestId:xxxx`,
  },
  {
    name: "entra",
    recordings: ENTRA,
    trying: "sign in to Azure",
    body: entraBody,
    headers: () => ({ "content-type": "application/json; charset=utf-8" }),
    ask: () => {
      const authority = { authorityHost: player.url, disableInstanceDiscovery: true, agent };
      const more = { ...authority, retryOptions: { maxRetries: 0 } };
      const credential = new ClientAssertionCredential(TENANT, CLIENT, async () => "assertion", more);
      return credential.getToken("https://management.azure.com/.default");
    },
    // As go-azure-sdk words it: github.com/Azure/azure-cli/issues/28708.
    terraform: (recording) =>
      `Error: unable to build authorizer for Resource Manager API: could not acquire access token to parse claims: clientCredentialsToken: received HTTP status ${recording.status} with response: ${entraBody(recording)}`,
  },
];

async function askedOf({ ask }: Pick<Service, "ask">): Promise<unknown> {
  try {
    await ask();
  } catch (error) {
    return error;
  }
  throw new Error("the recorded failure was taken for a success");
}

/** What the user sees, without the places in the code that stacks name. */
function printed(error: PaasError, verbose: boolean): string {
  const lines: string[] = [];
  const stream = { write: (words: string) => lines.push(words) > 0, isTTY: false } as NodeJS.WriteStream;
  createUi({ NO_COLOR: "1" }, { stdout: stream, stderr: stream }).error(error, { verbose });
  return lines
    .join("")
    .replace(/^ +at .*\n/gm, "")
    .replaceAll(player.url, "https://service");
}

const fileOf = ({ code, about }: { code?: string; about?: string }) =>
  [code, about].filter(Boolean).join(" ").replaceAll(" ", "-");

for (const service of SERVICES) {
  describe(service.name, () => {
    test.each(service.recordings.map((recording) => [fileOf(recording), recording] as const))(
      "%s",
      async (file, recording) => {
        player.play({ status: recording.status, body: service.body(recording), headers: service.headers(recording) });
        const fromSdk = azureFailure(service.trying, await askedOf(service));
        const words = service.terraform(recording);
        const fromTerraform = terraformError({ envId: "alice", work: "/work" }, "apply", parseErrors(words), words);

        expect(afterColon(fromTerraform.message)).toBe(afterColon(fromSdk.message));
        expect(fromTerraform).toMatchObject({ code: fromSdk.code, next: fromSdk.next, exit: fromSdk.exit });
        const shown = [
          `${printed(fromSdk, false)}`,
          `--- by Terraform\n${printed(fromTerraform, false)}`,
          `--- with --verbose\n${printed(fromSdk, true)}`,
        ];
        await expect(shown.join("\n")).toMatchFileSnapshot(`golden/${service.name}/${file}.txt`);
      },
    );
  });
}

/** The meaning: what stands behind what was tried. */
function afterColon(message: string): string {
  return message.slice(message.indexOf(": ") + 2);
}

/** A docker that says the words and fails; the rest is as in every build. */
async function builtWith(words: string): Promise<PaasError> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-words-"));
  const script = `#!/bin/sh\n[ "$2" = build ] || exit 0\ncat '${folder}/words' >&2\nexit 1\n`;
  fs.writeFileSync(path.join(folder, "words"), `${words}\n`);
  fs.writeFileSync(path.join(folder, "docker"), script, { mode: 0o755 });
  const image = { server: "crshop.azurecr.io", repository: "shop/web", cache: "shop/cache:web", tags: ["git-1"] };
  const files = { context: folder, dockerfile: path.join(folder, "Dockerfile"), metadata: path.join(folder, "m.json") };
  const variables = { PATH: `${folder}:${process.env.PATH}` };
  const bounds = { signal: new AbortController().signal, limit: 30_000, patience: 50 };
  const request = { service: "web", identityToken: "token", variables, onLine: () => {}, ...bounds };
  try {
    return (await askedOf({ ask: () => buildAndPush({ ...image, ...files }, request) })) as PaasError;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Container Apps tells these of a revision: what the error `unhealthy` gives as its reason. Docker says all others. */
const OF_REVISIONS = ["exec format error", "pull by Container Apps"];

test.each(IMAGE_WORDS.map((words) => [words.about, words] as const))(
  "in the words of a tool: %s",
  async (about, { text }) => {
    expect(explain(text)).not.toBeNull();
    const inRevision = { provisioningState: "Failed", provisioningError: text } as const;
    const shown = OF_REVISIONS.includes(about)
      ? `did not get healthy: ${revisionState("web--1", inRevision).reason}\n`
      : printed(await builtWith(text), false);
    await expect(shown).toMatchFileSnapshot(`golden/images/${fileOf({ about })}.txt`);
  },
);

test("what a command of the Dockerfile prints is not taken for the registry's words", async () => {
  const step = "#8 0.345 server says: denied: requested access, unauthorized: authentication required";
  const error = await builtWith(`${step}\nERROR: failed to solve: process "/bin/sh -c ./x" exit code: 1`);
  expect(error).toMatchObject({ code: "build-failed", message: "the build of web failed" });
});

/** In the words of Node (nodejs.org/api/errors.html#common-system-errors) and of OpenSSL; the others connect. */
const SAID: Record<string, string> = {
  ENOTFOUND: "getaddrinfo ENOTFOUND kv-shop.vault.azure.net",
  EAI_AGAIN: "getaddrinfo EAI_AGAIN kv-shop.vault.azure.net",
  ECONNRESET: "read ECONNRESET",
  EPIPE: "write EPIPE",
  REQUEST_SEND_ERROR: "socket hang up",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in certificate chain",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unable to verify the first certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unable to get local issuer certificate",
};

describe("without an answer", () => {
  /** Trusts what Node trusts, and goes past any proxy. */
  const plain = new https.Agent();
  afterAll(() => plain.destroy());
  const call = (endpoint: string) => () =>
    new ResourceManagementClient(token, SUBSCRIPTION, { ...options(), endpoint, agent: plain }).resourceGroups.get(
      "rg",
    );
  test.each([
    ["nobody listens", () => call("https://127.0.0.1:9")(), "127.0.0.1:9 does not answer"],
    ["there is no such host", () => call("https://nothing.invalid")(), "there is no address for nothing.invalid"],
    ["somebody else's certificate", () => call(player.url)(), "a certificate of their own"],
  ])("%s", async (_, ask, means) => {
    const error = azureFailure("read the resource group rg", await askedOf({ ask }));
    expect(error).toMatchObject({ code: "unreachable", message: expect.stringContaining(means) });
  });

  test("a server that takes a request and says nothing", async () => {
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 1, retryDelayInMs: 1 } });
    pipeline.addPolicy(timeLimit(50), { afterPhase: "Retry" });
    const request = createPipelineRequest({ url: endpoint, allowInsecureConnection: true });
    const ask = () => pipeline.sendRequest(createDefaultHttpClient(), request);
    const error = azureFailure("read the resource group rg", await askedOf({ ask }));
    silent.close();
    expect(error).toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/127\.0\.0\.1:\d+ does not answer/),
    });
  });

  test.each(NETWORK.flatMap(({ codes }) => codes))("%s", async (code) => {
    const said = SAID[code] ?? `connect ${code} 20.50.2.46:443`;
    const error = azureFailure("read the resource group rg", new RestError(said, { code }));
    expect(error).toMatchObject({
      code: "unreachable",
      details: [`Azure answered ${code}`, ...error.details.slice(1)],
    });
    const shown = `${printed(error, false)}\n--- with --verbose\n${printed(error, true)}`;
    await expect(shown).toMatchFileSnapshot(`golden/network/${code}.txt`);
  });
});

test.each(LIBRARY.map((thrown) => [thrown.about, thrown] as const))(
  "of the sign-in library: %s",
  async (about, { name, message }) => {
    const thrown = Object.assign(new Error(message), { name });
    const error = signInFailure("`paas login`", thrown);
    expect(azureFailure("read the resource group rg", thrown)).toMatchObject({ code: error.code, exit: error.exit });
    const shown = `${printed(error, false)}\n--- with --verbose\n${printed(error, true)}`;
    await expect(shown).toMatchFileSnapshot(`golden/sign-in-library/${fileOf({ about })}.txt`);
  },
);

test("an error that nothing explains keeps Azure's code and words", async () => {
  const inner = { code: "BadThing", message: "The thing is bad." };
  const recording = { code: "DeploymentFailed", status: 400, message: "See details.", details: [inner], source: "" };
  player.play({ status: 400, body: arm.body(recording), headers: arm.headers(recording) });
  const error = azureFailure("make the vault kv-shop", await askedOf(arm));
  expect(error).toMatchObject({ code: "azure-failed", message: "could not make the vault kv-shop: 400 BadThing" });
  expect(error.details).toEqual(["The thing is bad."]);
});

describe("the table", () => {
  const RECORDED = SERVICES.flatMap((service) => service.recordings);
  const WORDS = [...IMAGE_WORDS.map(({ text }) => text), ...LIBRARY.map(({ message }) => message)];

  test("every code has a recorded body, or is told by a socket", () => {
    const inner = RECORDED.flatMap(({ details = [] }) => details.map(({ code }) => code));
    const words = LIBRARY.flatMap(({ name, message }) => [name, ...(message.match(/\w+/g) ?? [])]);
    const sockets = NETWORK.flatMap(({ codes }) => codes);
    const known = new Set([...RECORDED.map(({ code }) => code), ...inner, ...words, ...sockets]);
    expect(EXPLAINED.flatMap(({ codes }) => codes).filter((code) => !known.has(code))).toEqual([]);
  });

  test("every recorded code is one of the table's", () => {
    const wrapped = RECORDED.filter(({ details }) => details !== undefined).map(({ code }) => code);
    const codes = new Set([...EXPLAINED.flatMap((row) => row.codes), ...wrapped]);
    expect(RECORDED.filter(({ code }) => !codes.has(code)).map(({ code }) => code)).toEqual([]);
  });

  test("every row is what some recording is told by", () => {
    const told = [
      ...RECORDED.map(({ code, message }) => explain(message, [code])),
      ...WORDS.map((text) => explain(text)),
      ...LIBRARY.map(({ name, message }) => explain(message, [name])),
    ];
    const begins = (text: string | undefined, template: string) =>
      text?.startsWith(template.split("{")[0] ?? "") ?? false;
    const silent = EXPLAINED.filter((row) => !NETWORK.includes(row)).filter(
      ({ means, next }) => !told.some((found) => begins(found?.means, means) && begins(found?.next, next)),
    );
    expect(silent.map(({ codes, words }) => codes[0] ?? String(words))).toEqual([]);
  });

  test("a recording says where it was read", () => {
    for (const { code, source } of RECORDED)
      expect([code, source]).toEqual([code, expect.stringMatching(/^[\w.-]+\/|^@/)]);
  });
});
