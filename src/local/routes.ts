import type { Resource } from "./store.js";

type Tags = Record<string, string>;

/** What the gateway needs to know of a container app; null for apps that are not of an environment of ours. */
export type AppName = { envId: string; project: string; service: string; external: boolean };

export function appName({ attributes }: Resource): AppName | null {
  const tags = (attributes.tags ?? {}) as Tags;
  const [envId, project] = [tags["paas-env"], tags["paas-project"]];
  const template = first(attributes.template);
  const service = first(template?.container)?.name;
  const ingress = first(attributes.ingress);
  if (!envId || !project || typeof service !== "string") return null;
  return { envId, project, service, external: ingress?.external_enabled === true };
}

/** Host name under which an app answers: the service `web` speaks for its environment. */
export function hostOf(app: Resource): string {
  const name = appName(app);
  if (!name) return "unnamed.localhost";
  const environment = `${name.envId}.${name.project}.localhost`;
  return name.service === "web" ? environment : `${name.service}.${environment}`;
}

/**
 * The public app that answers for a host: `<service>.<envId>.<project>.localhost`, or without the service the one called
 * web, else the first by name.
 */
export function routeFor(host: string, apps: Resource[]): Resource | undefined {
  const labels = host.toLowerCase().replace(/:\d+$/, "").split(".");
  if (labels.pop() !== "localhost") return undefined;
  const [project, envId, service, ...rest] = labels.reverse();
  if (!project || !envId || rest.length > 0) return undefined;
  const candidates = apps
    .map((app) => ({ app, name: appName(app) }))
    .filter(({ name }) => name?.external && name.project === project && name.envId === envId)
    .sort((one, other) => rank(one.name?.service).localeCompare(rank(other.name?.service)));
  return candidates.find(({ name }) => service === undefined || name?.service === service)?.app;
}

function rank(service = ""): string {
  return service === "web" ? "" : service;
}

function first(value: unknown): Record<string, unknown> | undefined {
  return Array.isArray(value) ? (value[0] as Record<string, unknown> | undefined) : undefined;
}
