import type { IncomingMessage } from "node:http";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { LEASE } from "../../src/state/lease.js";
import { openState, type State } from "../../src/state/state.js";
import { type OpenCloud, openCloud } from "../local/front/open-cloud.js";
import { refOf, sampleRecord, TIER } from "./sample.js";

let cloud: OpenCloud;
let state: State;
/** Requests that the storage leaves without an answer. */
let unanswered: (request: IncomingMessage) => boolean;
/** Requests that it carries out, but whose answer gets lost. */
let answerLost: (request: IncomingMessage) => boolean;

const isRenewal = (request: IncomingMessage) => request.headers["x-ms-lease-action"] === "renew";
const once = (match: (request: IncomingMessage) => boolean) => {
  let done = false;
  return (request: IncomingMessage) => {
    if (done || !match(request)) return false;
    done = true;
    return true;
  };
};
/** A lease that is renewed and given up quickly. */
const QUICK = { ...LEASE, renewEvery: 20, retryEvery: 20, giveUpAfter: 400 };

beforeAll(async () => {
  cloud = await openCloud({
    storage: (real) => (request, response) => {
      if (unanswered(request)) {
        response.destroy();
        return;
      }
      if (answerLost(request)) response.end = (() => response.destroy()) as typeof response.end;
      return real(request, response);
    },
  });
  unanswered = () => false;
  answerLost = () => false;
  state = openState(cloud.blobs);
  await state.ensureContainer(TIER);
  await state.ensureContainer(TIER);
});
afterAll(() => cloud.close());
beforeEach(() => {
  unanswered = () => false;
  answerLost = () => false;
});

function blob(envId: string) {
  const { url, credential, options } = cloud.blobs;
  return new BlobServiceClient(url, credential, options).getContainerClient(TIER).getBlockBlobClient(refOf(envId).key);
}

test("a held record is written, read and given back", async () => {
  const held = await state.records.hold(refOf("whole"), { operation: "up", commit: "c0ffee" });
  expect(held.record).toBeNull();
  expect(await state.records.read(refOf("whole"))).toBeNull();
  await held.write(sampleRecord({ envId: "whole", state: "creating" }));
  await held.write(sampleRecord({ envId: "whole" }));
  expect(held.record).toEqual(sampleRecord({ envId: "whole" }));
  expect(await state.records.lock(refOf("whole"))).toMatchObject({
    state: "held",
    holder: { operation: "up", pid: process.pid, commit: "c0ffee" },
  });
  await held.release();
  await held.release();
  expect(await state.records.lock(refOf("whole"))).toEqual({ state: "free", holder: null });
  expect((await state.records.read(refOf("whole")))?.record).toEqual(sampleRecord({ envId: "whole" }));

  const again = await state.records.hold(refOf("whole"), { operation: "destroy" });
  expect(again.record).toEqual(sampleRecord({ envId: "whole" }));
  await again.release();
});

test("an environment that was never written leaves nothing behind", async () => {
  const held = await state.records.hold(refOf("nothing"), { operation: "destroy" });
  await held.release();
  expect(await blob("nothing").exists()).toBe(false);
});

test("of ten that race for a new environment one gets it, and the others are told who", async () => {
  const races = await Promise.allSettled(
    Array.from({ length: 10 }, () => state.records.hold(refOf("raced"), { operation: "up" })),
  );
  const won = races.filter((race) => race.status === "fulfilled");
  const lost = races.filter((race) => race.status === "rejected");
  expect(won).toHaveLength(1);
  for (const { reason } of lost) expect(reason).toMatchObject({ code: "environment-locked", exit: 6 });
  await expect(state.records.hold(refOf("raced"), { operation: "up" })).rejects.toMatchObject({
    details: [expect.stringMatching(/^held by \S+@\S+ since \d\d:\d\d UTC \(up, process \d+\)$/)],
  });
  await won[0]?.value.release();
});

test("waits for the holder, tells so, and takes over", async () => {
  const first = await state.records.hold(refOf("patient"), { operation: "up" });
  await first.write(sampleRecord({ envId: "patient" }));
  const told: string[] = [];
  const second = state.records.hold(
    refOf("patient"),
    { operation: "destroy" },
    {
      lockTimeout: 30_000,
      tell: (detail) => {
        told.push(detail);
        void first.release();
      },
    },
  );
  expect((await second).record?.envId).toBe("patient");
  expect(told[0]).toMatch(/^waiting for \S+@\S+ since .* \(up, process \d+\)$/);
  await (await second).release();
});

test("gives up waiting when the time is over, and at once when it is told to stop", async () => {
  const held = await state.records.hold(refOf("busy"), { operation: "up" });
  await expect(state.records.hold(refOf("busy"), { operation: "up" }, { lockTimeout: 150 })).rejects.toMatchObject({
    code: "environment-locked",
  });
  const stop = new AbortController();
  const waiting = state.records.hold(
    refOf("busy"),
    { operation: "up" },
    { lockTimeout: 60_000, signal: stop.signal, tell: () => stop.abort() },
  );
  await expect(waiting).rejects.toMatchObject({ code: "aborted", exit: 130 });
  await held.release();
});

test("a lock that is renewed outlives its first lease in spite of answers that get lost", async () => {
  const quick = openState(cloud.blobs, QUICK);
  let renewals = 0;
  unanswered = (request) => isRenewal(request) && renewals++ % 4 === 0;
  const held = await quick.records.hold(refOf("renewed"), { operation: "up" });
  await expect.poll(() => renewals, { timeout: 10_000 }).toBeGreaterThan(30);
  expect(held.lost.aborted).toBe(false);
  await held.write(sampleRecord({ envId: "renewed" }));
  await held.release();
  const after = renewals;
  await state.records.read(refOf("renewed"));
  expect(renewals).toBe(after);
});

test("a lock is lost when the storage stops answering, and the run cannot write any more", async () => {
  const quick = openState(
    { ...cloud.blobs, options: { ...cloud.blobs.options, retryOptions: { maxTries: 1 } } },
    QUICK,
  );
  const held = await quick.records.hold(refOf("cut"), { operation: "up" });
  unanswered = isRenewal;
  await expect.poll(() => held.lost.aborted, { timeout: 5000 }).toBe(true);
  expect(held.lost.reason).toMatchObject({ code: "lock-lost", exit: 6, details: ["the state account did not answer"] });
  await expect(held.write(sampleRecord())).rejects.toMatchObject({ code: "lock-lost" });
  await held.release();
});

test("a lock is lost as soon as someone breaks it", async () => {
  const quick = openState(cloud.blobs, QUICK);
  const held = await quick.records.hold(refOf("broken"), { operation: "up" });
  expect(await state.records.breakLease(refOf("broken"))).toBe(true);
  await expect.poll(() => held.lost.aborted, { timeout: 5000 }).toBe(true);
  expect(held.lost.reason).toMatchObject({ code: "lock-lost", details: ["someone broke it"] });
  await held.release();
  expect(await state.records.breakLease(refOf("none"))).toBe(false);
});

test("who has lost the lock without knowing cannot overwrite the next holder's record", async () => {
  const first = await state.records.hold(refOf("stolen"), { operation: "up" });
  await first.write(sampleRecord({ envId: "stolen", commit: "first" }));
  await state.records.breakLease(refOf("stolen"));
  const second = await state.records.hold(refOf("stolen"), { operation: "up" });
  await second.write(sampleRecord({ envId: "stolen", commit: "second" }));
  await expect(first.write(sampleRecord({ envId: "stolen", commit: "late" }))).rejects.toMatchObject({
    code: "lock-lost",
  });
  await first.release();
  expect((await state.records.read(refOf("stolen")))?.record.commit).toBe("second");
  expect(await state.records.lock(refOf("stolen"))).toMatchObject({ state: "held" });
  await second.release();
});

test("a record that changed behind a broken lease is not overwritten", async () => {
  const held = await state.records.hold(refOf("changed"), { operation: "up" });
  await held.write(sampleRecord({ envId: "changed" }));
  await state.records.breakLease(refOf("changed"));
  await blob("changed").upload("{}", 2);
  await expect(held.write(sampleRecord({ envId: "changed" }))).rejects.toMatchObject({
    code: "lock-lost",
  });
  await held.release();
  expect((await blob("changed").downloadToBuffer()).toString()).toBe("{}");
});

test("a write and a lock whose answers get lost are found to be done", async () => {
  const isRecordWrite = (request: IncomingMessage) =>
    request.method === "PUT" && !request.url?.includes("comp=") && request.headers["x-ms-lease-id"] !== undefined;
  answerLost = once((request) => request.headers["x-ms-lease-action"] === "acquire");
  const held = await state.records.hold(refOf("repeated"), { operation: "up" });
  answerLost = once(isRecordWrite);
  await held.write(sampleRecord({ envId: "repeated" }));
  await held.write(sampleRecord({ envId: "repeated", commit: "b" }));
  await held.release();
  expect((await state.records.read(refOf("repeated")))?.record.commit).toBe("b");
});

test("a broken record is not overwritten and its lock is given back", async () => {
  await blob("nonsense").upload("not a record", 12);
  await expect(state.records.hold(refOf("nonsense"), { operation: "up" })).rejects.toMatchObject({
    code: "record-broken",
  });
  expect(await state.records.lock(refOf("nonsense"))).toMatchObject({ state: "free" });
  expect((await blob("nonsense").downloadToBuffer()).toString()).toBe("not a record");
});

test("a missing container is said to be missing", async () => {
  const ref = { container: "tier-none", key: "envs/alice.json" };
  await expect(state.records.hold(ref, { operation: "up" })).rejects.toMatchObject({ code: "state-container-missing" });
});
