import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, tokenCredential } from "../../src/local/token.js";
import { renderRecord } from "../../src/state/record.js";
import { openState, type State } from "../../src/state/state.js";
import { renderSummary } from "../../src/state/summary.js";
import { type OpenCloud, openCloud } from "../local/front/open-cloud.js";
import { refOf, sampleRecord, TIER } from "./sample.js";

let cloud: OpenCloud;
let state: State;
let requests: string[];
beforeAll(async () => {
  cloud = await openCloud({
    storage: (real) => (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      return real(request, response);
    },
  });
  requests = [];
  state = openState(cloud.blobs);
  await state.ensureContainer(TIER);
});
afterAll(() => cloud.close());

function container() {
  const { url, credential, options } = cloud.blobs;
  return new BlobServiceClient(url, credential, options).getContainerClient(TIER);
}

test("lists 300 environments in pages, one call each, and sees locks, tombstones and nothing else", async () => {
  const names = Array.from({ length: 300 }, (_, number) => `env${String(number).padStart(3, "0")}`);
  for (let start = 0; start < names.length; start += 30) {
    const uploads = names.slice(start, start + 30).map((envId, index) => {
      const record = sampleRecord({
        envId,
        branch: `env-${envId}/ü`,
        ...(index === 0 ? { state: "destroyed" as const } : {}),
      });
      const text = renderRecord(record);
      return container()
        .getBlockBlobClient(refOf(envId).key)
        .upload(text, Buffer.byteLength(text), { metadata: renderSummary(record) });
    });
    await Promise.all(uploads);
  }
  await container().getBlockBlobClient("envs/unwritten.json").upload("", 0);
  await container().getBlockBlobClient("state/alice.tfstate").upload("{}", 2);
  const held = await state.records.hold(refOf("env007"), { operation: "up" });
  requests.length = 0;

  const pages = [];
  for await (const page of state.records.list(TIER, { pageSize: 100 })) pages.push(page);
  const all = pages.flat();
  expect(requests).toHaveLength(4);
  expect(all.map(({ envId }) => envId)).toEqual(names);
  expect(all.filter(({ locked }) => locked).map(({ envId }) => envId)).toEqual(["env007"]);
  expect(all.filter(({ state }) => state === "destroyed")).toHaveLength(10);
  expect(all[1]).toMatchObject({ branch: "env-env001/ü", resourceGroup: "rg-shop-alice", generation: 0 });
  await held.release();
}, 30_000);

test("a container that is not there holds no environments", async () => {
  const pages = [];
  for await (const page of state.records.list("tier-none")) pages.push(page);
  expect(pages).toEqual([]);
});

test("an expired lock is shown as expired, named, and taken over", async () => {
  const first = openState(cloud.blobs, { length: 15_000, renewEvery: 60_000, retryEvery: 1000, giveUpAfter: 60_000 });
  const dead = await first.records.hold(refOf("dead"), { operation: "up" });
  await dead.write(sampleRecord({ envId: "dead" }));
  await expect
    .poll(async () => (await state.records.lock(refOf("dead"))).state, { timeout: 20_000, interval: 500 })
    .toBe("expired");
  expect((await state.records.lock(refOf("dead"))).holder).toMatchObject({ operation: "up", pid: process.pid });
  const listed = [];
  for await (const page of state.records.list(TIER)) listed.push(...page);
  expect(listed.find(({ envId }) => envId === "dead")?.locked).toBe(false);
  const next = await state.records.hold(refOf("dead"), { operation: "up" });
  await expect(dead.write(sampleRecord({ envId: "dead", commit: "late" }))).rejects.toMatchObject({
    code: "lock-lost",
  });
  await next.release();
  await dead.release();
}, 30_000);

test("a token that the account does not accept is said to be none", async () => {
  const stranger = tokenCredential(mintToken(Buffer.alloc(32), { audience: "paas", lifetime: 60 }));
  const denied = openState({ ...cloud.blobs, credential: stranger });
  await expect(denied.records.read(refOf("alice"))).rejects.toMatchObject({ code: "not-signed-in", exit: 4 });
});

test("an account that does not answer is said not to answer", async () => {
  const options = { ...cloud.blobs.options, retryOptions: { maxTries: 1 } };
  const gone = openState({ ...cloud.blobs, url: "https://127.0.0.1:9/stpaastest", options });
  await expect(gone.records.read(refOf("alice"))).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("read the record of alice"),
  });
  const stop = AbortSignal.timeout(1);
  await expect(state.records.read(refOf("alice"), AbortSignal.abort(stop.reason))).rejects.toMatchObject({
    code: "state-timeout",
  });
});
