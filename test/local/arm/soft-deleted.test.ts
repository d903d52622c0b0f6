import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openArm as openClient } from "../../../src/azure/arm.js";
import { readLocks } from "../../../src/azure/locks.js";
import { openSoftDeleted, type SoftDeleted } from "../../../src/azure/soft-deleted.js";
import type { Endpoint } from "../../../src/cloud.js";
import { localClientOptions } from "../../../src/local/certificate.js";
import { tokenCredential } from "../../../src/local/token.js";
import { groupId, type OpenArm, openArm, putGroup, SUBSCRIPTION } from "./open-arm.js";

let arm: OpenArm;
let endpoint: Endpoint;
let softDeleted: SoftDeleted;
beforeAll(async () => {
  arm = await openArm();
  const { cloud } = arm;
  const options = localClientOptions(cloud.certificate.cert);
  endpoint = { url: cloud.front.url, credential: tokenCredential(cloud.token), options };
  softDeleted = openSoftDeleted(openClient(endpoint), SUBSCRIPTION);
});
afterAll(() => arm.close());
beforeEach(() => {
  arm.reset();
  putGroup(arm.store, "rg-a");
});

const signal = new AbortController().signal;
const VAULT = { name: "kv-a", location: "westeurope" };

test("the local cloud keeps no deleted vault", async () => {
  expect(await softDeleted.purgeVault(VAULT, signal)).toEqual({ state: "gone" });
  expect(await softDeleted.vaultKeptUntil(VAULT)).toBeNull();
});

test("a log workspace is deleted, and is no error when it is gone", async () => {
  const id = `${groupId("rg-a")}/providers/Microsoft.OperationalInsights/workspaces/log-a`;
  arm.store.put({ id, type: "azurerm_log_analytics_workspace", attributes: { name: "log-a" } });
  await softDeleted.deleteWorkspace(id, signal);
  expect(arm.store.get(id)).toBeUndefined();
  await softDeleted.deleteWorkspace(id, signal);
  arm.store.delete(groupId("rg-a"));
  await softDeleted.deleteWorkspace(id, signal);
});

test("it has no locks, and a group that is gone has none either", async () => {
  expect(await readLocks(openClient(endpoint), groupId("rg-a"))).toEqual([]);
  expect(await readLocks(openClient(endpoint), groupId("rg-b"))).toEqual([]);
});
