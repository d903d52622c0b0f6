import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState, type State } from "../../src/state/state.js";
import { type OpenCloud, openCloud } from "../local/front/open-cloud.js";
import { TIER } from "./sample.js";

let cloud: OpenCloud;
let state: State;
beforeAll(async () => {
  cloud = await openCloud();
  state = openState(cloud.blobs);
  await state.ensureContainer(TIER);
});
afterAll(() => cloud.close());

const refTo = (name: string) => ({ container: TIER, key: `state/${name}.tfstate` });
const info = {
  ID: "5a0d7c1e",
  Operation: "OperationTypeApply",
  Who: "me@here",
  Version: "1.11.4",
  Created: "2026-11-21T10:00:00Z",
  Path: "p",
  Info: "",
};

function blob(name: string) {
  const { url, credential, options } = cloud.blobs;
  return new BlobServiceClient(url, credential, options).getContainerClient(TIER).getBlockBlobClient(refTo(name).key);
}

/** Locks a state as Terraform does: an infinite lease, then who it is. */
async function lock(name: string, { signed = true } = {}): Promise<void> {
  const lease = blob(name).getBlobLeaseClient();
  await lease.acquireLease(-1);
  if (!signed) return;
  const terraformlockid = Buffer.from(JSON.stringify(info)).toString("base64");
  await blob(name).setMetadata({ terraformlockid }, { conditions: { leaseId: lease.leaseId } });
}

test("a state is written, read and deleted with its snapshots", async () => {
  expect(await state.blobs.exists(refTo("alice"))).toBe(false);
  expect(await state.blobs.download(refTo("alice"))).toBeNull();
  await state.blobs.upload(refTo("alice"), Buffer.from('{"serial":1}'));
  await blob("alice").createSnapshot();
  expect(await state.blobs.exists(refTo("alice"))).toBe(true);
  expect((await state.blobs.download(refTo("alice")))?.toString()).toBe('{"serial":1}');
  expect(await state.blobs.delete(refTo("alice"))).toBe(true);
  expect(await state.blobs.delete(refTo("alice"))).toBe(false);
});

test("a container that is not there holds no state", async () => {
  const ref = { container: "tier-none", key: "state/x.tfstate" };
  expect(await state.blobs.download(ref)).toBeNull();
  expect(await state.blobs.delete(ref)).toBe(false);
  expect(await state.blobs.lock(ref)).toBeNull();
});

test("Terraform's lock is read and broken; what it leaves behind is no lock", async () => {
  expect(await state.blobs.lock(refTo("bob"))).toBeNull();
  await state.blobs.upload(refTo("bob"), Buffer.from("{}"));
  expect(await state.blobs.lock(refTo("bob"))).toBeNull();
  await lock("bob");
  expect(await state.blobs.lock(refTo("bob"))).toEqual({ info });
  expect((await state.blobs.download(refTo("bob")))?.toString()).toBe("{}");
  expect(await state.blobs.breakLock(refTo("bob"), null)).toBe(true);
  expect(await state.blobs.lock(refTo("bob"))).toBeNull();
  expect(await state.blobs.breakLock(refTo("none"), null)).toBe(false);
});

test("a lock that is named is ended, and no other that came after it", async () => {
  const ref = refTo("dora");
  await state.blobs.upload(ref, Buffer.from("{}"));
  const lease = blob("dora").getBlobLeaseClient();
  await lease.acquireLease(-1);
  expect(await state.blobs.breakLock(ref, "00000000-0000-4000-8000-000000000009")).toBe(false);
  expect(await state.blobs.lock(ref)).not.toBeNull();
  expect(await state.blobs.breakLock(ref, lease.leaseId)).toBe(true);
  expect(await state.blobs.lock(ref)).toBeNull();
  expect(await state.blobs.breakLock(ref, lease.leaseId)).toBe(false);
});

test("a lock whose holder died before it signed it has no name", async () => {
  await state.blobs.upload(refTo("carol"), Buffer.from("{}"));
  await lock("carol", { signed: false });
  expect(await state.blobs.lock(refTo("carol"))).toEqual({ info: null });
});

test("a locked state is deleted only when its lease may be broken", async () => {
  await state.blobs.upload(refTo("dave"), Buffer.from("{}"));
  await lock("dave");
  await expect(state.blobs.delete(refTo("dave"))).rejects.toMatchObject({
    code: "state-locked",
    exit: 6,
    details: ["held by me@here since 2026-11-21T10:00:00Z (lock id 5a0d7c1e)"],
  });
  expect(await state.blobs.exists(refTo("dave"))).toBe(true);
  expect(await state.blobs.delete(refTo("dave"), { breakLease: true })).toBe(true);
});
