import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState } from "../../../src/state/state.js";
import { ACCOUNT, type OpenCloud, openCloud } from "../front/open-cloud.js";

let cloud: OpenCloud;
beforeAll(async () => {
  cloud = await openCloud();
  const service = new BlobServiceClient(cloud.blobs.url, cloud.blobs.credential, cloud.blobs.options);
  await service.createContainer("tier-nonprod");
});
afterAll(() => cloud.close());

type Outcome = { code: number | null; output: string };

function terraform(folder: string, words: string[], more: Record<string, string> = {}): Promise<Outcome> {
  return start(folder, words, more).ended;
}

function start(folder: string, words: string[], more: Record<string, string> = {}) {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: cloud.folder,
    HTTPS_PROXY: cloud.door.proxyUrl(cloud.token),
    SSL_CERT_FILE: cloud.certFile,
    SSL_CERT_DIR: path.join(cloud.folder, "none"),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ARM_USE_AZUREAD: "true",
    ARM_USE_OIDC: "true",
    ARM_OIDC_TOKEN: cloud.token,
    ARM_TENANT_ID: "00000000-0000-4000-8000-0000000000ff",
    ARM_CLIENT_ID: "00000000-0000-4000-8000-0000000000fe",
    ...more,
  };
  const child = spawn("terraform", words, {
    cwd: folder,
    env,
    stdio: "pipe",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
  return { child, ended };
}

function configuration(name: string): string {
  const folder = path.join(cloud.folder, name);
  mkdirSync(folder);
  const body = { terraform: { backend: { azurerm: {} } }, resource: { terraform_data: { one: { input: name } } } };
  writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify(body));
  return folder;
}

function init(folder: string, more?: Record<string, string>): Promise<Outcome> {
  const backend = {
    storage_account_name: ACCOUNT,
    container_name: "tier-nonprod",
    key: `state/${path.basename(folder)}.tfstate`,
  };
  const settings = Object.entries(backend).map(([key, value]) => `-backend-config=${key}=${value}`);
  return terraform(folder, ["init", "-input=false", "-no-color", ...settings], more);
}

test("Terraform's real backend signs in, writes its state and never leaves the machine", async () => {
  const folder = configuration("alice");
  expect(await init(folder)).toMatchObject({ code: 0 });
  const applied = await terraform(folder, ["apply", "-auto-approve", "-input=false", "-no-color"]);
  expect(applied).toMatchObject({ code: 0 });
  const service = new BlobServiceClient(cloud.blobs.url, cloud.blobs.credential, cloud.blobs.options);
  const state = await service
    .getContainerClient("tier-nonprod")
    .getBlobClient("state/alice.tfstate")
    .downloadToBuffer();
  expect(JSON.parse(state.toString()).resources).toHaveLength(1);
  expect(cloud.door.refused).toEqual([]);
});

test("paas reads the lock of a Terraform that was killed, breaks it, and Terraform goes on", async () => {
  const folder = configuration("killed");
  const state = openState(cloud.blobs);
  const ref = { container: "tier-nonprod", key: "state/killed.tfstate" };
  expect(await init(folder)).toMatchObject({ code: 0 });
  const waiting = start(folder, ["apply", "-no-color"]); // until someone says yes
  await expect
    .poll(() => state.blobs.lock(ref), { timeout: 20_000 })
    .toMatchObject({
      info: {
        Operation: "OperationTypeApply",
        Who: `${userInfo().username}@${hostname()}`,
        Path: "tier-nonprod/state/killed.tfstate",
      },
    });
  waiting.child.kill("SIGKILL");
  await waiting.ended;
  const refused = await terraform(folder, ["plan", "-input=false", "-no-color"]);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain((await state.blobs.lock(ref))?.info?.ID);
  expect(await state.blobs.breakLock(ref, null)).toBe(true);
  expect(await terraform(folder, ["plan", "-input=false", "-no-color"])).toMatchObject({ code: 0 });
});

test("a sign-in with a token of someone else is refused", async () => {
  const folder = configuration("stranger");
  const { code, output } = await init(folder, { ARM_OIDC_TOKEN: "e30.e30.e30" });
  expect(code).toBe(1);
  expect(output).toContain("AADSTS700211");
});
