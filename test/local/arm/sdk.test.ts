import { mkdtempSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { ContainerAppsAPIClient } from "@azure/arm-appcontainers";
import { ResourceManagementClient } from "@azure/arm-resources";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createArm } from "../../../src/local/arm/arm.js";
import { localClientOptions } from "../../../src/local/certificate.js";
import { type Resource, type Revision, Store } from "../../../src/local/store.js";
import { mintToken, tokenCredential } from "../../../src/local/token.js";
import { type OpenCloud, openCloud } from "../front/open-cloud.js";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
const folder = mkdtempSync(path.join(tmpdir(), "paas-arm-"));

let store: Store;
let cloud: OpenCloud;
let groups: ResourceManagementClient;
let apps: ContainerAppsAPIClient;
let requests: string[];
/** Behind a dead proxy: whoever does not go straight to the local cloud gets nowhere. */
let proxyBefore: string | undefined;

beforeAll(async () => {
  proxyBefore = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = "http://127.0.0.1:9";
  cloud = await openCloud({
    arm: (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      return createArm({ store, subscriptionId: SUBSCRIPTION })(request, response);
    },
  });
  const credential = tokenCredential(cloud.token);
  const options = { endpoint: cloud.front.url, ...localClientOptions(cloud.certificate.cert) };
  groups = new ResourceManagementClient(credential, SUBSCRIPTION, options);
  apps = new ContainerAppsAPIClient(credential, SUBSCRIPTION, options);
});
afterAll(async () => {
  if (proxyBefore === undefined) delete process.env.HTTPS_PROXY;
  else process.env.HTTPS_PROXY = proxyBefore;
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  store = Store.open(mkdtempSync(path.join(folder, "store-")));
  requests = [];
});

const groupId = (name: string) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
const appId = (group: string, name: string) => `${groupId(group)}/providers/Microsoft.App/containerApps/${name}`;

function putGroup(name: string, tags: Record<string, string> = {}): void {
  store.put({ id: groupId(name), type: "azurerm_resource_group", attributes: { name, location: "westeurope", tags } });
}

function putApp(group: string, name: string): Resource {
  const app = {
    id: appId(group, name),
    type: "azurerm_container_app",
    attributes: {
      name,
      location: "westeurope",
      resource_group_name: group,
      container_app_environment_id: "/env",
      tags: { a: "1" },
      revision_mode: "Single",
      latest_revision_name: `${name}--0000001`,
      identity: [{ type: "UserAssigned", identity_ids: ["/pull"], principal_id: "", tenant_id: "" }],
      registry: [{ server: "cr.azurecr.io", identity: "/pull" }],
      ingress: [
        {
          external_enabled: true,
          target_port: 8080,
          transport: "auto",
          fqdn: "alice.shop.localhost",
          traffic_weight: [{ latest_revision: true, percentage: 100 }],
        },
      ],
      template: [
        {
          min_replicas: 0,
          max_replicas: 3,
          container: [{ name: "web", image: "mcr.microsoft.com/k8se/quickstart:latest", cpu: 0.5, memory: "1Gi" }],
        },
      ],
    },
  };
  store.put(app);
  return app;
}

function revision(name: string, change: Partial<Revision> = {}): Revision {
  const template = { container: [{ name: "web", image: "i" }] };
  return {
    name,
    createdAt: "2026-11-21T10:00:00.000Z",
    template,
    secrets: [],
    state: "ready",
    reason: null,
    port: 1,
    ...change,
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("lists groups by tag in pages", async () => {
  for (let number = 0; number < 250; number++)
    putGroup(`rg-${String(number).padStart(3, "0")}`, { "paas-project-id": number % 5 === 0 ? "o'ther" : "p" });
  putGroup("rg-foreign");
  const filter = "tagName eq 'Paas-Project-Id' and tagValue eq 'p'";
  const mine = await all(groups.resourceGroups.list({ filter }));
  expect(mine).toHaveLength(200);
  expect(requests).toHaveLength(2);
  expect(mine[0]).toEqual({
    id: groupId("rg-001"),
    name: "rg-001",
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    tags: { "paas-project-id": "p" },
    properties: { provisioningState: "Succeeded" },
  });
  expect(
    await all(groups.resourceGroups.list({ filter: "tagName eq 'paas-project-id' and tagValue eq 'o''ther'" })),
  ).toHaveLength(50);
  expect(await all(groups.resourceGroups.list({ filter: "tagName eq 'paas-project-id'" }))).toHaveLength(250);
  expect(await all(groups.resourceGroups.list({ filter: "tagName eq 'x' and tagValue eq 'P'" }))).toEqual([]);
  requests.length = 0;
  expect(await all(groups.resourceGroups.list({ top: 60 }))).toHaveLength(251);
  expect(requests).toHaveLength(5);
});

test("a listing shows nothing twice and misses nothing that stays while groups go", async () => {
  for (let number = 0; number < 150; number++) putGroup(`rg-${String(number).padStart(3, "0")}`);
  const names: (string | undefined)[] = [];
  for await (const page of groups.resourceGroups.list().byPage()) {
    names.push(...page.map(({ name }) => name));
    store.delete(groupId("rg-050"));
  }
  expect(names).toHaveLength(150);
  expect(new Set(names).size).toBe(150);
});

test("reads, tags and deletes a group with everything in it", async () => {
  putGroup("rg-alice", { "paas-env": "alice", Keep: "1" });
  putApp("rg-alice", "web");
  putGroup("rg-alice2");
  expect(await groups.resourceGroups.get("RG-ALICE")).toMatchObject({
    name: "rg-alice",
    tags: { "paas-env": "alice", Keep: "1" },
  });
  expect(await groups.resourceGroups.checkExistence("rg-alice")).toMatchObject({ body: true });

  const merged = await groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg-alice"), {
    operation: "Merge",
    properties: { tags: { "paas-commit": "c", keep: "2" } },
  });
  expect(merged.properties.tags).toEqual({ "paas-env": "alice", "paas-commit": "c", keep: "2" });
  await groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg-alice"), {
    operation: "Delete",
    properties: { tags: { "PAAS-COMMIT": "c", keep: "other" } },
  });
  expect((await groups.tagsOperations.getAtScope(groupId("rg-alice"))).properties.tags).toEqual({
    "paas-env": "alice",
    keep: "2",
  });
  await groups.tagsOperations.beginUpdateAtScopeAndWait(appId("rg-alice", "web"), {
    operation: "Replace",
    properties: { tags: { only: "1" } },
  });
  expect(store.get(appId("rg-alice", "web"))?.attributes.tags).toEqual({ only: "1" });
  expect((await groups.resourceGroups.update("rg-alice", { tags: { new: "1" } })).tags).toEqual({ new: "1" });

  await groups.resourceGroups.beginDeleteAndWait("rg-alice");
  expect(store.list().map(({ id }) => id)).toEqual([groupId("rg-alice2")]);
  expect(requests.filter((request) => request.includes("/operationresults/"))).toHaveLength(1);
});

test("lists what stands for itself in a group", async () => {
  putGroup("rg-alice");
  putApp("rg-alice", "web");
  const vault = `${groupId("rg-alice")}/providers/Microsoft.KeyVault/vaults/kv`;
  store.put({ id: vault, type: "azurerm_key_vault", attributes: { location: "westeurope" } });
  store.put({ id: `${vault}/objectId/x`, type: "azurerm_key_vault_access_policy", attributes: {} });
  store.put({
    id: `${groupId("rg-alice")}/providers/Microsoft.Authorization/roleAssignments/r`,
    type: "azurerm_role_assignment",
    attributes: {},
  });
  const members = await all(groups.resources.listByResourceGroup("rg-alice"));
  expect(members.map(({ type, name, location }) => ({ type, name, location }))).toEqual([
    { type: "Microsoft.App/containerApps", name: "web", location: "westeurope" },
    { type: "Microsoft.KeyVault/vaults", name: "kv", location: "westeurope" },
  ]);
});

test("reads a container app as Container Apps shows it", async () => {
  putGroup("rg-alice");
  putApp("rg-alice", "web");
  const app = await apps.containerApps.get("rg-alice", "web");
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
  expect((await all(apps.containerApps.listByResourceGroup("rg-alice"))).map(({ name }) => name)).toEqual(["web"]);
});

test("a deployment is one PATCH whose end shows the revision that the runtime made of it", async () => {
  putGroup("rg-alice");
  const { id } = putApp("rg-alice", "web");
  store.saveHistory(id, { ingressPort: 1, revisions: [revision("web--0000001")] });
  store.onChange(({ resource }) => {
    const made = revision("web--0000002", { state: "activating" });
    store.saveHistory(resource.id, { ingressPort: 1, revisions: [made, revision("web--0000001")] });
  });
  const httpGet = { path: "/healthz", port: 8080, scheme: "HTTP" };
  const patched = await apps.containerApps.beginUpdateAndWait("rg-alice", "web", {
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
  expect(requests.map((request) => request.split("?")[0]?.split("/").at(-2))).toEqual([
    "containerApps",
    "containerappOperationResults",
  ]);
  const { template, secret, registry } = store.get(id)?.attributes ?? {};
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
  putGroup("rg-alice");
  const { id } = putApp("rg-alice", "web");
  const reason = state === "failed" ? "answered 500" : null;
  store.saveHistory(id, {
    ingressPort: 1,
    revisions: [revision("web--0000002", { state, reason }), revision("web--0000001")],
  });
  const found = await apps.containerAppsRevisions.getRevision("rg-alice", "web", "WEB--0000002");
  expect(found).toMatchObject({
    name: "web--0000002",
    template: { containers: [{ name: "web", image: "i" }] },
    ...shown,
  });
  expect(found.createdTime).toEqual(new Date("2026-11-21T10:00:00.000Z"));
  const names = (await all(apps.containerAppsRevisions.listRevisions("rg-alice", "web"))).map(({ name }) => name);
  expect(names).toEqual(["web--0000001", "web--0000002"]);
});

const missing: [string, () => Promise<unknown>, string, string][] = [
  [
    "a group",
    () => groups.resourceGroups.get("none"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a group to delete",
    () => groups.resourceGroups.beginDeleteAndWait("none"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a group to tag",
    () => groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("none"), { operation: "Merge" }),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "an app",
    () => apps.containerApps.get("rg-alice", "none"),
    "ResourceNotFound",
    "The Resource 'Microsoft.App/containerApps/none' under resource group 'rg-alice' was not found.",
  ],
  [
    "an app's group",
    () => apps.containerApps.get("none", "web"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a revision",
    () => apps.containerAppsRevisions.getRevision("rg-alice", "web", "x"),
    "ResourceNotFound",
    "The Resource 'Microsoft.App/containerApps/revisions/web/x'",
  ],
];
test.each(missing)("%s that is not there", async (_name, call, code, message) => {
  putGroup("rg-alice");
  putApp("rg-alice", "web");
  await expect(call()).rejects.toMatchObject({ statusCode: 404, code, message: expect.stringContaining(message) });
});

function ask(
  method: string,
  target: string,
  body = "",
  token = cloud.token,
): Promise<{ status: number; body: { error?: { code: string } } }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, host: "management.azure.com" };
    const options = {
      port: cloud.front.port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: cloud.certificate.cert,
      agent: false,
      method,
      path: target,
      headers,
    };
    const request = https.request(options, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
    request.on("error", reject).end(body);
  });
}

test.each([
  ["GET", "/subscriptions/S/resourcegroups", "", 400, "MissingApiVersionParameter"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=", "", 400, "MissingApiVersionParameter"],
  ["GET", "/subscriptions/other/resourcegroups?api-version=1", "", 404, "SubscriptionNotFound"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=1&$filter=name eq 'x'", "", 400, "InvalidFilterInQueryString"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=1&$top=0", "", 400, "InvalidQueryParameterValue"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "{", 400, "InvalidRequestContent"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "[]", 400, "InvalidRequestContent"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "x".repeat(5_000_000), 413, "RequestContentTooLarge"],
  [
    "PATCH",
    "/subscriptions/S/resourcegroups/rg/providers/Microsoft.Resources/tags/default?api-version=1",
    '{"operation":"Add"}',
    400,
    "InvalidRequestContent",
  ],
  ["GET", "/subscriptions/S/resourcegroups/%E0%A4%A?api-version=1", "", 400, "InvalidRequestUri"],
  ["PUT", "/subscriptions/S/resourcegroups/rg?api-version=1", "{}", 501, "NotImplemented"],
  [
    "POST",
    "/subscriptions/S/resourcegroups/rg/providers/Microsoft.App/containerApps/web/listSecrets?api-version=1",
    "",
    501,
    "NotImplemented",
  ],
  ["GET", "/?api-version=1", "", 501, "NotImplemented"],
])("%s %s is answered with an error of Resource Manager's form %#", async (method, target, body, status, code) => {
  putGroup("rg");
  const answered = await ask(method, target.replace("/S/", `/${SUBSCRIPTION}/`).replaceAll(" ", "%20"), body);
  expect({ status: answered.status, code: answered.body.error?.code }).toEqual({ status, code });
});

test("nobody gets in without a token", async () => {
  const stranger = tokenCredential(
    mintToken(Buffer.alloc(32), { audience: "https://management.azure.com", lifetime: 60 }),
  );
  const client = new ResourceManagementClient(stranger, SUBSCRIPTION, {
    endpoint: cloud.front.url,
    ...localClientOptions(cloud.certificate.cert),
  });
  await expect(client.resourceGroups.get("rg")).rejects.toMatchObject({
    statusCode: 401,
    code: "AuthenticationFailed",
  });
});

test("more tags than a resource may have are refused", async () => {
  putGroup("rg");
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`t${number}`, "x"]));
  const change = groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("rg"), {
    operation: "Merge",
    properties: { tags },
  });
  await expect(change).rejects.toMatchObject({ statusCode: 400, code: "TagLimitExceeded" });
});
