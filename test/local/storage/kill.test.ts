import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localClientOptions } from "../../../src/local/certificate.js";
import { tokenCredential } from "../../../src/local/token.js";

const ROUNDS = 20;
const BLOBS = 6;

const folder = mkdtempSync(path.join(tmpdir(), "paas-kill-"));
const bundle = path.join(folder, "storage.mjs");
const children = new Set<ChildProcess>();

/** The storage is bundled as the published package bundles it: one file, nothing beside it. */
beforeAll(async () => {
  const nothing = path.join(folder, "nothing.cjs");
  writeFileSync(nothing, "module.exports = {};");
  const banner =
    "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";
  await build({
    entryPoints: [fileURLToPath(new URL("child.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: bundle,
    alias: { applicationinsights: nothing },
    banner: { js: banner },
    logLevel: "error",
  });
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

type Running = { container: ContainerClient; kill(): Promise<void> };

async function start(): Promise<Running> {
  const words = [bundle, path.join(folder, "storage"), "stkill"];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const exited = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { url, ca, token } = JSON.parse(line.toString()) as { url: string; ca: string; token: string };
  const options = { ...localClientOptions(ca), retryOptions: { maxTries: 1 } };
  const container = new BlobServiceClient(url, tokenCredential(token), options).getContainerClient("tier-nonprod");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
    children.delete(child);
  };
  return { container, kill };
}

/** Uploads a round's content to every blob at once and settles when `enough` of them were acknowledged. */
function uploadUntil(
  container: ContainerClient,
  round: number,
  enough: number,
  acknowledged: Map<string, number>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const content = JSON.stringify({ round, padding: "x".repeat(5000) });
    let count = 0;
    const uploads = Array.from({ length: BLOBS }, async (_, number) => {
      const name = `state/${number}.tfstate`;
      const metadata = { round: String(round) };
      await container.getBlockBlobClient(name).upload(content, content.length, { metadata });
      acknowledged.set(name, round);
      count += 1;
      if (count === enough) resolve();
    });
    // After the kill nobody listens any more; before it, a failure is one of the test.
    Promise.all(uploads).catch(reject);
  });
}

async function expectKept(
  container: ContainerClient,
  acknowledged: Map<string, number>,
  latest: number,
): Promise<void> {
  for (const [name, round] of acknowledged) {
    const blob = container.getBlobClient(name);
    const content = JSON.parse((await blob.downloadToBuffer()).toString()) as { round: number };
    expect(content.round).toBeGreaterThanOrEqual(round);
    expect(content.round).toBeLessThanOrEqual(latest);
    expect((await blob.getProperties()).metadata).toEqual({ round: String(content.round) });
  }
}

test(`nothing that was acknowledged is lost when the process is killed ${ROUNDS} times right after`, async () => {
  const acknowledged = new Map<string, number>();
  const first = await start();
  await first.container.create();
  await first.kill();
  for (let round = 0; round < ROUNDS; round++) {
    const { container, kill } = await start();
    await expectKept(container, acknowledged, round - 1);
    await uploadUntil(container, round, 1 + (round % BLOBS), acknowledged);
    await kill();
  }
  const last = await start();
  await expectKept(last.container, acknowledged, ROUNDS - 1);
  expect(acknowledged.size).toBe(BLOBS);
  await last.kill();
}, 120_000);

test("leases, their release, metadata and deletions survive a kill", async () => {
  const made = await start();
  await made.container.createIfNotExists();
  const upload = (running: Running, name: string) => running.container.getBlockBlobClient(name).upload("{}", 2);
  for (const name of ["held", "timed", "free", "gone"]) await upload(made, name);
  const leaseOf = (running: Running, name: string, id: string) =>
    running.container.getBlobClient(name).getBlobLeaseClient(id);
  const [held, timed, free] = ["a", "b", "c"].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`) as [
    string,
    string,
    string,
  ];
  await leaseOf(made, "held", held).acquireLease(-1);
  await leaseOf(made, "timed", timed).acquireLease(60);
  await leaseOf(made, "free", free).acquireLease(60);
  await leaseOf(made, "free", free).releaseLease();
  await made.container.getBlobClient("held").setMetadata({ terraformlockid: "x" }, { conditions: { leaseId: held } });
  await made.container.getBlobClient("gone").delete();
  await made.kill();

  const again = await start();
  const properties = (name: string) => again.container.getBlobClient(name).getProperties();
  expect(await properties("held")).toMatchObject({
    leaseState: "leased",
    leaseDuration: "infinite",
    metadata: { terraformlockid: "x" },
  });
  expect(await properties("timed")).toMatchObject({ leaseState: "leased", leaseDuration: "fixed" });
  expect(await properties("free")).toMatchObject({ leaseState: "available" });
  expect(await again.container.getBlobClient("gone").exists()).toBe(false);
  await expect(upload(again, "timed")).rejects.toMatchObject({ code: "LeaseIdMissing" });
  await leaseOf(again, "timed", timed).renewLease();
  await again.kill();
}, 30_000);
