import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage } from "../../../src/local/storage.js";
import { StorageSaver } from "../../../src/local/storage-saver.js";
import { type OpenCloud, openCloud } from "../front/open-cloud.js";

let cloud: OpenCloud;
beforeEach(async () => {
  cloud = await openCloud();
});
afterEach(() => cloud.close());

function container() {
  const { url, credential, options } = cloud.blobs;
  return new BlobServiceClient(url, credential, options).getContainerClient("tier-nonprod");
}

test("opening again removes the data of blobs that are gone and keeps the rest", async () => {
  await container().create();
  const kept = container().getBlockBlobClient("kept");
  await kept.upload("first", 5);
  await kept.upload("second", 6);
  await cloud.storage.close();

  const extents = path.join(cloud.folder, "storage", "extents");
  writeFileSync(path.join(extents, "left-over"), "x");
  cloud.storage = await openStorage({ folder: path.join(cloud.folder, "storage"), account: "stpaastest" });
  expect(readdirSync(extents)).not.toContain("left-over");
  expect(readdirSync(extents)).toHaveLength(1);
});

test("the folder is for the user alone", async () => {
  await container().create();
  const folder = path.join(cloud.folder, "storage");
  expect(statSync(folder).mode & 0o077).toBe(0);
});

test("a change that cannot be saved is not acknowledged", async () => {
  const { url, credential, options } = cloud.blobs;
  const service = new BlobServiceClient(url, credential, { ...options, retryOptions: { maxTries: 1 } });
  await service.createContainer("tier-nonprod");
  const next = path.join(cloud.folder, "storage", "blobs.json.next");
  mkdirSync(next);
  await expect(service.createContainer("tier-prod")).rejects.toMatchObject({
    code: expect.stringMatching(/ECONNRESET|REQUEST_SEND_ERROR/),
  });
  rmSync(next, { recursive: true });
});

test("callers that come during a save share the next one, which has their change", async () => {
  let value = 0;
  const serialized: number[] = [];
  const file = path.join(cloud.folder, "value");
  const saver = new StorageSaver([
    {
      file,
      serialize: () => {
        serialized.push(value);
        return String(value);
      },
    },
  ]);
  const saves: Promise<void>[] = [];
  for (value = 1; value <= 50; value++) saves.push(saver.save());
  await Promise.all(saves);
  expect(serialized).toEqual([1, 51]);
});

test("a save that failed does not keep the next one from being made", async () => {
  const saver = new StorageSaver([{ file: path.join(cloud.folder, "none", "value"), serialize: () => "x" }]);
  await expect(saver.save()).rejects.toThrow("ENOENT");
  mkdirSync(path.join(cloud.folder, "none"));
  await saver.save();
});

test("all files of a save are of one moment, and what others refer to is written first", async () => {
  let value = 1;
  const [referred, referring] = ["extents", "blobs"].map((name) => path.join(cloud.folder, name)) as [string, string];
  const saver = new StorageSaver([
    { file: referred, serialize: () => String(value) },
    { file: referring, serialize: () => String(value) },
  ]);
  const saved = saver.save();
  value = 2;
  await saved;
  expect([referred, referring].map((file) => readFileSync(file, "utf8"))).toEqual(["1", "1"]);
  expect(statSync(referred).ctimeMs).toBeLessThanOrEqual(statSync(referring).ctimeMs);
});
