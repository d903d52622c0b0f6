import type { Resource, Revision, Store } from "../store.js";
import { configurationToArm, identityToArm, patchAttributes, templateToArm } from "./app-shape.js";
import { type ArmAnswer, type ArmContext, type ArmRequest, accepted, resourceNotFound } from "./exchange.js";
import { type Fields, first, listOf, objectOf, present, textOf } from "./fields.js";
import { requireGroup } from "./groups.js";
import { pageOf } from "./pages.js";

const APP = "azurerm_container_app";
const TYPE = "Microsoft.App/containerApps";

export function listApps(request: ArmRequest, context: ArmContext, group: string): ArmAnswer {
  const { id } = requireGroup(context, group);
  const apps = context.store.under(id).filter(({ type }) => type === APP);
  return pageOf(apps, request, (app) => renderApp(app, context.store));
}

export function getApp(_request: ArmRequest, context: ArmContext, group: string, name: string): ArmAnswer {
  return { status: 200, body: renderApp(requireApp(context, group, name), context.store) };
}

/** Changes an app; the runtime follows the store and has made the new revision before this answers. */
export function patchApp(request: ArmRequest, context: ArmContext, group: string, name: string): ArmAnswer {
  const app = requireApp(context, group, name);
  context.store.put({ ...app, attributes: patchAttributes(app.attributes, request.body, nameOf(app)) });
  const location = textOf(app.attributes.location) || "global";
  const result = `/subscriptions/${context.subscriptionId}/providers/Microsoft.App/locations/${location}/containerappOperationResults`;
  const operation = Buffer.from(app.id).toString("base64url");
  return accepted(request, `${result}/${operation}?api-version=${request.query.get("api-version")}`);
}

/** The end of a PATCH is the app as it has become. */
export function getAppOperation(
  _request: ArmRequest,
  { store }: ArmContext,
  _location: string,
  operation: string,
): ArmAnswer {
  const app = store.get(Buffer.from(operation, "base64url").toString("utf8"));
  if (app?.type !== APP) throw resourceNotFound(`${TYPE}/operationResults`, operation, "");
  return { status: 200, body: renderApp(app, store) };
}

export function listRevisions(request: ArmRequest, context: ArmContext, group: string, name: string): ArmAnswer {
  const app = requireApp(context, group, name);
  const revisions = revisionsOf(app, context.store).map((revision) => ({ id: revisionId(app, revision), revision }));
  return pageOf(revisions, request, ({ revision }) => renderRevision(app, revision));
}

export function getRevision(
  _request: ArmRequest,
  context: ArmContext,
  group: string,
  name: string,
  revisionName: string,
): ArmAnswer {
  const app = requireApp(context, group, name);
  const revision = revisionsOf(app, context.store).find((one) => one.name.toLowerCase() === revisionName.toLowerCase());
  if (!revision) throw resourceNotFound(`${TYPE}/revisions`, `${name}/${revisionName}`, group);
  return { status: 200, body: renderRevision(app, revision) };
}

function requireApp(context: ArmContext, group: string, name: string): Resource {
  const app = context.store.get(`${requireGroup(context, group).id}/providers/${TYPE}/${name}`);
  if (app?.type === APP) return app;
  throw resourceNotFound(TYPE, name, group);
}

function renderApp(app: Resource, store: Store): Fields {
  const { id, attributes } = app;
  const [newest] = revisionsOf(app, store);
  const ready = revisionsOf(app, store).find(({ state }) => state === "ready");
  const latest = newest?.name ?? textOf(attributes.latest_revision_name);
  return {
    id,
    name: nameOf(app),
    type: TYPE,
    location: textOf(attributes.location),
    tags: objectOf(attributes.tags),
    ...(listOf(attributes.identity).length === 0 ? {} : { identity: identityToArm(first(attributes.identity)) }),
    properties: present({
      provisioningState: provisioningOf(newest),
      runningStatus: "Running",
      managedEnvironmentId: attributes.container_app_environment_id,
      environmentId: attributes.container_app_environment_id,
      workloadProfileName: attributes.workload_profile_name,
      latestRevisionName: latest,
      latestReadyRevisionName: ready?.name,
      latestRevisionFqdn: attributes.latest_revision_fqdn,
      customDomainVerificationId: attributes.custom_domain_verification_id,
      outboundIpAddresses: attributes.outbound_ip_addresses,
      configuration: configurationToArm(attributes, nameOf(app)),
      template: templateToArm(first(attributes.template)),
    }),
  };
}

function provisioningOf(newest: Revision | undefined): string {
  if (newest?.state === "activating") return "InProgress";
  return newest?.state === "failed" ? "Failed" : "Succeeded";
}

/** How Container Apps tells each of the runtime's states of a revision. */
const STATES: Record<Revision["state"], Fields> = {
  activating: told({ healthState: "None", provisioningState: "Provisioning", runningState: "Processing", replicas: 1 }),
  ready: told({ healthState: "Healthy", runningState: "Running", replicas: 1, trafficWeight: 100 }),
  failed: told({ healthState: "Unhealthy", provisioningState: "Failed", runningState: "Failed" }),
  inactive: told({ healthState: "None", runningState: "Stopped", active: false }),
};

function told(state: Fields): Fields {
  return { active: true, provisioningState: "Provisioned", replicas: 0, trafficWeight: 0, ...state };
}

function renderRevision(app: Resource, revision: Revision): Fields {
  const reason =
    revision.reason === null ? {} : { provisioningError: revision.reason, runningStateDetails: revision.reason };
  return {
    id: revisionId(app, revision),
    name: revision.name,
    type: `${TYPE}/revisions`,
    properties: {
      createdTime: revision.createdAt,
      ...STATES[revision.state],
      ...reason,
      template: templateToArm(revision.template),
    },
  };
}

function revisionId(app: Resource, revision: Revision): string {
  return `${app.id}/revisions/${revision.name}`;
}

function revisionsOf(app: Resource, store: Store): Revision[] {
  return store.history(app.id)?.revisions ?? [];
}

function nameOf({ id, attributes }: Resource): string {
  return textOf(attributes.name) || id.slice(id.lastIndexOf("/") + 1);
}
