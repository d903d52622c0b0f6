import { z } from "zod";
import * as simulated from "../../../src/local/arm/container-apps.js";
import type { Resource, Revision } from "../../../src/local/store.js";
import type { Core } from "./core.js";
import { pageOf, route, tags } from "./route.js";
import { simulatedContext, simulatedRequest } from "./simulated.js";

const SPEC = "app/Microsoft.App/ContainerApps/stable/2025-07-01/ContainerApps.json";
const VERSIONS = ["2025-07-01"];
const APP = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.App/containerApps/{app}";
const TYPE = "azurerm_container_app";

const probe = z.strictObject({
  type: z.enum(["Liveness", "Readiness", "Startup"]).optional(),
  httpGet: z
    .strictObject({
      path: z.string().optional(),
      port: z.number().int().min(1).max(65535),
      scheme: z.enum(["HTTP", "HTTPS"]).optional(),
      host: z.string().optional(),
      httpHeaders: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    })
    .optional(),
  tcpSocket: z.strictObject({ port: z.number().int(), host: z.string().optional() }).optional(),
  initialDelaySeconds: z.number().int().min(0).max(60).optional(),
  periodSeconds: z.number().int().min(1).max(240).optional(),
  timeoutSeconds: z.number().int().min(1).max(240).optional(),
  successThreshold: z.number().int().min(1).max(10).optional(),
  failureThreshold: z.number().int().min(1).max(10).optional(),
  terminationGracePeriodSeconds: z.number().int().optional(),
});
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  resources: z
    .strictObject({ cpu: z.number(), memory: z.string().regex(/^[\d.]+Gi$/), ephemeralStorage: z.string().optional() })
    .optional(),
  env: z
    .array(
      z.union([
        z.strictObject({ name: z.string(), value: z.string().optional() }),
        z.strictObject({ name: z.string(), secretRef: z.string() }),
      ]),
    )
    .optional(),
  probes: z.array(probe).optional(),
  volumeMounts: z.array(z.looseObject({})).optional(),
});
const template = z.strictObject({
  revisionSuffix: z.string().optional(),
  terminationGracePeriodSeconds: z.number().int().optional(),
  containers: z.array(container).optional(),
  initContainers: z.array(z.looseObject({})).optional(),
  scale: z
    .strictObject({
      minReplicas: z.number().int().optional(),
      maxReplicas: z.number().int().optional(),
      pollingInterval: z.number().optional(),
      cooldownPeriod: z.number().optional(),
      rules: z.array(z.looseObject({})).optional(),
    })
    .optional(),
  volumes: z.array(z.looseObject({})).optional(),
});
const secret = z.strictObject({ name: z.string(), keyVaultUrl: z.url().optional(), identity: z.string().optional() });
const configuration = z.strictObject({
  activeRevisionsMode: z.enum(["Single", "Multiple", "Labels"]).optional(),
  maxInactiveRevisions: z.number().optional(),
  secrets: z.array(secret).optional(),
  registries: z
    .array(
      z.strictObject({
        server: z.string(),
        identity: z.string().optional(),
        username: z.string().optional(),
        passwordSecretRef: z.string().optional(),
      }),
    )
    .optional(),
  ingress: z
    .looseObject({ fqdn: z.string().optional(), external: z.boolean().optional(), targetPort: z.number().optional() })
    .optional(),
  dapr: z.looseObject({}).optional(),
});
const app = z.strictObject({
  id: z.string(),
  name: z.string().max(32),
  type: z.literal("Microsoft.App/containerApps"),
  location: z.string(),
  tags: tags.optional(),
  identity: z.looseObject({ type: z.string() }).optional(),
  properties: z.strictObject({
    provisioningState: z.enum(["InProgress", "Succeeded", "Failed", "Canceled", "Deleting"]),
    runningStatus: z.string().optional(),
    managedEnvironmentId: z.string().optional(),
    environmentId: z.string().optional(),
    workloadProfileName: z.string().optional(),
    latestRevisionName: z.string().optional(),
    latestReadyRevisionName: z.string().optional(),
    latestRevisionFqdn: z.string().optional(),
    customDomainVerificationId: z.string().optional(),
    outboundIpAddresses: z.array(z.string()).optional(),
    eventStreamEndpoint: z.url().optional(),
    configuration: configuration.optional(),
    template: template.optional(),
  }),
});
const revision = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.literal("Microsoft.App/containerApps/revisions"),
  properties: z.strictObject({
    createdTime: z.iso.datetime(),
    active: z.boolean(),
    replicas: z.number().int(),
    trafficWeight: z.number().int(),
    healthState: z.enum(["Healthy", "Unhealthy", "None"]),
    provisioningState: z.enum(["Provisioning", "Provisioned", "Failed", "Deprovisioning", "Deprovisioned"]),
    provisioningError: z.string().optional(),
    runningState: z.enum(["Running", "Processing", "Stopped", "Degraded", "Failed", "Unknown"]),
    runningStateDetails: z.string().optional(),
    template: template.optional(),
  }),
});

/** Container apps with their revisions; nothing runs, so a revision is healthy at once unless a test says otherwise. */
export function openContainerApps(core: Core) {
  const context = simulatedContext(core);
  const apps = {
    /** Why new revisions fail; null = they get healthy. */
    failing: null as string | null,
    /** Whether a new revision that fails takes the one before out of service, as it must not. */
    displacing: false,
    /** Whether apps tell where their system log is; those that were made long ago do not. */
    telling: true,
  };
  core.store.onChange(({ kind, resource }) => {
    if (kind === "put" && resource.type === TYPE) addRevision(resource, core, apps);
  });
  const routes = [
    route({
      method: "GET",
      path: APP,
      versions: VERSIONS,
      spec: SPEC,
      responses: { 200: app },
      answer: (call) => {
        const found = simulated.getApp(simulatedRequest(call), context, call.names.group ?? "", call.names.app ?? "");
        const { properties, ...more } = found.body as { properties: object };
        const eventStreamEndpoint = `https://westeurope.azurecontainerapps.dev${proxied(call.path)}/eventstream`;
        return {
          ...found,
          body: { ...more, properties: apps.telling ? { ...properties, eventStreamEndpoint } : properties },
        };
      },
    }),
    route({
      method: "PATCH",
      path: APP,
      versions: VERSIONS,
      spec: SPEC,
      request: z.strictObject({
        location: z.string(),
        tags: tags.optional(),
        properties: z.strictObject({ configuration: configuration.optional(), template: template.optional() }),
      }),
      responses: { 200: app, 202: null },
      answer: (call) => {
        const { group = "", app: name = "" } = call.names;
        simulated.patchApp(simulatedRequest(call), context, group, name);
        return core.operations.accept(call, () => simulated.getApp(simulatedRequest(call), context, group, name));
      },
    }),
    route({
      method: "GET",
      path: `${APP}/revisions`,
      versions: VERSIONS,
      query: z.strictObject({ $filter: z.string().optional(), $skiptoken: z.string().optional() }),
      spec: SPEC.replace("ContainerApps.json", "ContainerAppsRevisions.json"),
      responses: { 200: pageOf(revision) },
      answer: (call) =>
        simulated.listRevisions(simulatedRequest(call), context, call.names.group ?? "", call.names.app ?? ""),
    }),
    route({
      method: "GET",
      path: `${APP}/revisions/{revision}`,
      versions: VERSIONS,
      spec: SPEC.replace("ContainerApps.json", "ContainerAppsRevisions.json"),
      responses: { 200: revision },
      answer: (call) => {
        const { group = "", app: name = "", revision: one = "" } = call.names;
        return simulated.getRevision(simulatedRequest(call), context, group, name, one);
      },
    }),
  ];
  routes.push(
    route({
      method: "POST",
      path: `${APP}/revisions/{revision}/activate`,
      versions: VERSIONS,
      spec: SPEC.replace("ContainerApps.json", "ContainerAppsRevisions.json"),
      responses: { 200: null },
      answer: (call) => {
        const { group = "", app: name = "", revision: one = "" } = call.names;
        simulated.getRevision(simulatedRequest(call), context, group, name, one);
        const id = `/subscriptions/${core.subscriptionId}/resourceGroups/${group}/providers/Microsoft.App/containerApps/${name}`;
        const history = core.store.history(id) ?? { ingressPort: 0, revisions: [] };
        const revisions = history.revisions.map(
          (known): Revision => (known.name === one ? { ...known, state: "ready" } : known),
        );
        core.store.saveHistory(id, { ...history, revisions });
        return { status: 200 };
      },
    }),
  );
  return { ...apps, routes, apps };
}

/** Paths of the proxy before containers leave the provider out. */
export function proxied(path: string): string {
  return path.replace("/providers/Microsoft.App", "");
}

/** A changed template makes a revision, anything else none: "revision-scope changes" in Azure's words. */
function addRevision(
  resource: Resource,
  { store, now }: Core,
  { failing: reason, displacing }: { failing: string | null; displacing: boolean },
): void {
  const [block] = resource.attributes.template as Record<string, unknown>[];
  if (!block) return;
  const history = store.history(resource.id) ?? { ingressPort: 0, revisions: [] };
  if (JSON.stringify(history.revisions[0]?.template) === JSON.stringify(block)) return;
  const number = String(history.revisions.length + 1).padStart(7, "0");
  const added: Revision = {
    name: `${resource.attributes.name}--${number}`,
    createdAt: now().toISOString(),
    template: block,
    secrets: [],
    state: reason === null ? "ready" : "failed",
    reason,
    port: null,
  };
  const before = history.revisions.map(
    (one): Revision => ((reason === null || displacing) && one.state === "ready" ? { ...one, state: "inactive" } : one),
  );
  store.saveHistory(resource.id, { ...history, revisions: [added, ...before] });
}
