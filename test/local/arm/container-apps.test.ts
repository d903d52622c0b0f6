import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { all, appId, type OpenArm, openArm, putApp, putGroup, revision } from "./open-arm.js";

let arm: OpenArm;
beforeAll(async () => {
  arm = await openArm();
});
afterAll(() => arm.close());
beforeEach(() => arm.reset());

test("reads a container app as Container Apps shows it", async () => {
  putGroup(arm.store, "rg-alice");
  putApp(arm.store, "rg-alice", "web");
  const app = await arm.apps.containerApps.get("rg-alice", "web");
  expect(app).toMatchObject({
    id: appId("rg-alice", "web"),
    name: "web",
    type: "Microsoft.App/containerApps",
    location: "westeurope",
    tags: { a: "1" },
    provisioningState: "Succeeded",
    managedEnvironmentId: "/env",
    latestRevisionName: "web--0000001",
    identity: { type: "UserAssigned", userAssignedIdentities: { "/pull": {} } },
    configuration: {
      activeRevisionsMode: "Single",
      registries: [{ server: "cr.azurecr.io", identity: "/pull" }],
      ingress: {
        fqdn: "alice.shop.localhost",
        external: true,
        targetPort: 8080,
        traffic: [{ latestRevision: true, weight: 100 }],
      },
    },
    template: {
      scale: { minReplicas: 0, maxReplicas: 3 },
      containers: [{ name: "web", resources: { cpu: 0.5, memory: "1Gi" } }],
    },
  });
  expect(app.latestReadyRevisionName).toBeUndefined();
  expect((await all(arm.apps.containerApps.listByResourceGroup("rg-alice"))).map(({ name }) => name)).toEqual(["web"]);
});

test("a deployment is one PATCH whose end shows the revision that the runtime made of it", async () => {
  putGroup(arm.store, "rg-alice");
  const { id } = putApp(arm.store, "rg-alice", "web");
  arm.store.saveHistory(id, { ingressPort: 1, revisions: [revision("web--0000001")] });
  arm.store.onChange(({ resource }) => {
    const made = revision("web--0000002", { state: "activating" });
    arm.store.saveHistory(resource.id, { ingressPort: 1, revisions: [made, revision("web--0000001")] });
  });
  const httpGet = { path: "/healthz", port: 8080, scheme: "HTTP" };
  const patched = await arm.apps.containerApps.beginUpdateAndWait("rg-alice", "web", {
    location: "westeurope",
    configuration: { secrets: [{ name: "stripe-key", keyVaultUrl: "https://kv/secrets/stripe-key", identity: "/me" }] },
    template: {
      containers: [
        {
          name: "web",
          image: "cr.azurecr.io/shop/web@sha256:aa",
          resources: { cpu: 0.25, memory: "0.5Gi" },
          env: [{ name: "KEY", secretRef: "stripe-key" }],
          probes: [{ type: "Readiness", httpGet, periodSeconds: 2 }],
        },
      ],
    },
  });
  expect(patched).toMatchObject({
    latestRevisionName: "web--0000002",
    latestReadyRevisionName: "web--0000001",
    provisioningState: "InProgress",
  });
  expect(arm.requests.map((request) => request.split("?")[0]?.split("/").at(-2))).toEqual([
    "containerApps",
    "containerappOperationResults",
  ]);
  const { template, secret, registry } = arm.store.get(id)?.attributes ?? {};
  expect(template).toMatchObject([
    {
      max_replicas: 3,
      container: [
        {
          image: "cr.azurecr.io/shop/web@sha256:aa",
          cpu: 0.25,
          env: [{ name: "KEY", secret_name: "stripe-key" }],
          readiness_probe: [{ path: "/healthz", transport: "HTTP", interval_seconds: 2 }],
        },
      ],
    },
  ]);
  expect(secret).toMatchObject([
    { name: "stripe-key", key_vault_secret_id: "https://kv/secrets/stripe-key", identity: "/me" },
  ]);
  expect(registry).toEqual([{ server: "cr.azurecr.io", identity: "/pull" }]);
});

test.each([
  [
    "activating",
    {
      active: true,
      healthState: "None",
      provisioningState: "Provisioning",
      runningState: "Processing",
      trafficWeight: 0,
    },
  ],
  [
    "ready",
    {
      active: true,
      healthState: "Healthy",
      provisioningState: "Provisioned",
      runningState: "Running",
      trafficWeight: 100,
      replicas: 1,
    },
  ],
  [
    "failed",
    {
      active: true,
      healthState: "Unhealthy",
      provisioningState: "Failed",
      runningState: "Failed",
      provisioningError: "answered 500",
      replicas: 0,
    },
  ],
  [
    "inactive",
    { active: false, healthState: "None", provisioningState: "Provisioned", runningState: "Stopped", trafficWeight: 0 },
  ],
] as const)("a revision that is %s", async (state, shown) => {
  putGroup(arm.store, "rg-alice");
  const { id } = putApp(arm.store, "rg-alice", "web");
  const reason = state === "failed" ? "answered 500" : null;
  arm.store.saveHistory(id, {
    ingressPort: 1,
    revisions: [revision("web--0000002", { state, reason }), revision("web--0000001")],
  });
  const found = await arm.apps.containerAppsRevisions.getRevision("rg-alice", "web", "WEB--0000002");
  expect(found).toMatchObject({
    name: "web--0000002",
    template: { containers: [{ name: "web", image: "i" }] },
    ...shown,
  });
  expect(found.createdTime).toEqual(new Date("2026-11-21T10:00:00.000Z"));
  const names = (await all(arm.apps.containerAppsRevisions.listRevisions("rg-alice", "web"))).map(({ name }) => name);
  expect(names).toEqual(["web--0000001", "web--0000002"]);
});
