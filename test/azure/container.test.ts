import { expect, test } from "vitest";
import { containerOf } from "../../src/azure/container.js";
import { describeEnvironment } from "../../src/environment/describe.js";
import { requireManifest } from "../../src/manifest/parse.js";

const MANIFEST = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { path: ., runtime: node, startup: STARTUP }
`;

test.each([
  ["1s", 2],
  ["3s", 3],
  ["10s", 10],
  ["60s", 61],
  ["5m", 301],
  ["30m", 1801],
])("a startup limit of %s is %i seconds of questions, within what Container Apps admits", (startup, seconds) => {
  const manifest = requireManifest(MANIFEST.replace("STARTUP", startup), "paas.yaml");
  const request = { manifest, trusted: manifest, branch: "env-alice", generation: 0, subscriptionId: "s" };
  const [service] = describeEnvironment(request).services;
  if (!service) throw new Error("the manifest has no service");

  const probe = containerOf(service, "image", []).probes.find(({ type }) => type === "Startup");
  expect(probe).toMatchObject({ initialDelaySeconds: 1 });
  const { periodSeconds = 0, failureThreshold = 0 } = probe ?? {};
  expect(failureThreshold).toBeGreaterThanOrEqual(1);
  expect(failureThreshold).toBeLessThanOrEqual(10);
  expect(periodSeconds).toBeLessThanOrEqual(240);
  expect(1 + periodSeconds * failureThreshold).toBe(seconds);
});
