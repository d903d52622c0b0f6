import type { App } from "../azure/apps.js";
import type { Image } from "../cloud.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import { PaasError } from "../errors.js";
import type { DeployedService } from "../state/record.js";
import { desiredOf, type Surroundings } from "./desired.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import { type Attempt, healthy, refusedDeployment } from "./healthy.js";

/** An image with the content it was built from. */
export type Built = { image: Image; contentKey: string };

export type Deployment = Surroundings & {
  built: Record<string, Built>;
  /** What the record says of the services' last deployments. */
  before: Record<string, DeployedService>;
};

export type ServiceOutcome = DeployedService & { name: string; changed: boolean };

/**
 * Brings the images into the environment, services side by side. A service whose image and settings are those that
 * already serve is left alone.
 * @throws PaasError `unhealthy` when a new version does not get healthy; the one before goes on serving
 */
export async function deploy(deployment: Deployment, doors: Doors, steps: Steps): Promise<ServiceOutcome[]> {
  const outcomes = await Promise.allSettled(
    deployment.environment.services.map((service) => deployService(service, deployment, doors, steps)),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
}

async function deployService(
  service: EnvironmentService,
  deployment: Deployment,
  doors: Doors,
  steps: Steps,
): Promise<ServiceOutcome> {
  const { environment, before } = deployment;
  const { image, contentKey } = deployment.built[service.name] as Built;
  const { container, secrets, key } = desiredOf(service, image.reference, deployment);
  const app = await existingApp(doors, environment, service);
  const outcome = (host: string | null): Omit<ServiceOutcome, "changed"> => ({
    name: service.name,
    image: image.reference,
    contentKey,
    configKey: key,
    url: host ? doors.cloud.url(host) : null,
  });

  if (before[service.name]?.configKey === key && (await serves(image.reference, app, environment, doors))) {
    steps.skip(`deploy ${service.name}`, "unchanged, not restarted");
    return { ...outcome(app.host), changed: false };
  }
  if (service.release) {
    const command = service.release;
    const step = `release ${service.name}`;
    await steps.run(step, async (tell) => {
      const onLine = (line: string) => steps.line(step, line);
      const { env } = container;
      const { signal } = doors;
      await doors.cloud.release({ environment, service, image, command, env, secrets, onLine, tell, signal });
      return { value: undefined, detail: command.join(" ") };
    });
  }
  return steps.run(`deploy ${service.name}`, async (tell) => {
    const replaced = before[service.name] === undefined ? null : app.readyRevision;
    const attempt: Attempt = { service, environment, commit: deployment.commit, replaced };
    const patched = await doors.apps
      .deploy(environment.resourceGroup, service.appName, container, secrets)
      .catch((error: unknown) => refusedDeployment(attempt, error, doors));
    tell("waiting until it is healthy");
    await healthy(attempt, patched, doors);
    return { value: { ...outcome(patched.host), changed: true }, detail: "healthy" };
  });
}

async function existingApp(doors: Doors, environment: Environment, service: EnvironmentService): Promise<App> {
  const app = await doors.apps.find(environment.resourceGroup, service.appName);
  if (app) return app;
  throw new PaasError("app-missing", `the container app ${service.appName} of service ${service.name} is not there`, {
    details: ["infra/ did not create it"],
    next: "see infra/environment-stack.ts: every service of the environment needs its container app",
  });
}

/** Whether an app is healthy with this image, and no other version of it is on its way. */
export async function serves(image: string, app: App, environment: Environment, doors: Doors): Promise<boolean> {
  if (app.image !== image || !app.latestRevision || app.latestRevision !== app.readyRevision) return false;
  return (await doors.apps.revision(environment.resourceGroup, app.name, app.latestRevision)).state === "healthy";
}
