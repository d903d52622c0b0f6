import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ContainerAppsAPIClient } from "@azure/arm-appcontainers";
import { ResourceManagementClient } from "@azure/arm-resources";
import { createArm } from "../../../src/local/arm/arm.js";
import { localClientOptions } from "../../../src/local/certificate.js";
import { type Resource, type Revision, Store } from "../../../src/local/store.js";
import { tokenCredential } from "../../../src/local/token.js";
import { type OpenCloud, openCloud } from "../front/open-cloud.js";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

export type OpenArm = {
  store: Store;
  cloud: OpenCloud;
  groups: ResourceManagementClient;
  apps: ContainerAppsAPIClient;
  /** `GET /subscriptions/…?…`, in order. */
  requests: string[];
  /** Forgets all resources and requests. */
  reset(): void;
  close(): Promise<void>;
};

/**
 * The simulated Resource Manager with Azure's own clients for it, behind a dead proxy: a client that does not go straight
 * to the local cloud gets nowhere.
 */
export async function openArm(): Promise<OpenArm> {
  const folder = mkdtempSync(path.join(tmpdir(), "paas-arm-"));
  const proxyBefore = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = "http://127.0.0.1:9";
  const freshStore = () => Store.open(mkdtempSync(path.join(folder, "store-")));
  const cloud = await openCloud({
    arm: (request, response) => {
      opened.requests.push(`${request.method} ${request.url}`);
      return createArm({ store: opened.store, subscriptionId: SUBSCRIPTION })(request, response);
    },
  });
  const credential = tokenCredential(cloud.token);
  const options = { endpoint: cloud.front.url, ...localClientOptions(cloud.certificate.cert) };
  const opened: OpenArm = {
    store: freshStore(),
    cloud,
    groups: new ResourceManagementClient(credential, SUBSCRIPTION, options),
    apps: new ContainerAppsAPIClient(credential, SUBSCRIPTION, options),
    requests: [],
    reset: () => {
      opened.store = freshStore();
      opened.requests.length = 0;
    },
    close: async () => {
      if (proxyBefore === undefined) delete process.env.HTTPS_PROXY;
      else process.env.HTTPS_PROXY = proxyBefore;
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return opened;
}

export const groupId = (name: string) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;
export const appId = (group: string, name: string) => `${groupId(group)}/providers/Microsoft.App/containerApps/${name}`;

export function putGroup(store: Store, name: string, tags: Record<string, string> = {}): void {
  store.put({ id: groupId(name), type: "azurerm_resource_group", attributes: { name, location: "westeurope", tags } });
}

export function putApp(store: Store, group: string, name: string): Resource {
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

export function revision(name: string, change: Partial<Revision> = {}): Revision {
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

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
