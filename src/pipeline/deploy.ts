import type { App } from "../azure/apps.js";
import { configKey, containerOf, type SecretReference } from "../azure/container.js";
import type { Image } from "../cloud.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import { injectedEnv } from "../environment/variables.js";
import { PaasError } from "../errors.js";
import { secretName } from "../naming/secret.js";
import type { DeployedService } from "../state/record.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

/** An image with the content it was built from. */
export type Built = { image: Image; contentKey: string };

export type Deployment = {
  environment: Environment;
  commit: string;
  built: Record<string, Built>;
  /** What the record says of the services' last deployments. */
  before: Record<string, DeployedService>;
  /** Base URL of the environment's vault; null when no service has secrets. */
  vaultUri: string | null;
  /** ARM id of the environment's identity, which reads the vault. */
  identityId: string;
};

export type ServiceOutcome = DeployedService & { name: string; changed: boolean };

/**
 * Brings the images into the environment, services side by side. A service whose image and settings are those that
 * already serve is left alone.
 * @throws PaasError `unhealthy` when a new version does not get healthy; the one before goes on serving
 */
export async function deploy(deployment: Deployment, doors: Doors, steps: Steps): Promise<ServiceOutcome[]> {
  const { environment } = deployment;
  const addresses: Record<string, string> = {};
  for (const service of environment.services) {
    addresses[service.name] = await doors.cloud.serviceAddress(environment, service);
  }
  const outcomes = await Promise.allSettled(
    environment.services.map((service) => deployService(service, addresses, deployment, doors, steps)),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
}

async function deployService(
  service: EnvironmentService,
  addresses: Record<string, string>,
  deployment: Deployment,
  doors: Doors,
  steps: Steps,
): Promise<ServiceOutcome> {
  const { environment, commit, before } = deployment;
  const { image, contentKey } = deployment.built[service.name] as Built;
  const env = injectedEnv({ environment, service, commit, addresses });
  const container = containerOf(service, image.reference, env);
  const secrets = secretsOf(service, deployment);
  const key = configKey(container, secrets);
  const app = await existingApp(doors, environment, service);
  const outcome = (host: string | null): Omit<ServiceOutcome, "changed"> => ({
    name: service.name,
    image: image.reference,
    contentKey,
    configKey: key,
    url: host ? doors.cloud.url(host) : null,
  });

  const last = before[service.name];
  if (last?.configKey === key && app.image === image.reference && (await serves(doors, environment, app))) {
    steps.skip(`deploy ${service.name}`, "unchanged, not restarted");
    return { ...outcome(app.host), changed: false };
  }
  if (service.release) {
    const command = service.release;
    const step = `release ${service.name}`;
    await steps.run(step, async () => {
      const onLine = (line: string) => steps.line(step, line);
      await doors.cloud.release({ environment, service, image, command, env, onLine, signal: doors.signal });
      return { value: undefined, detail: command.join(" ") };
    });
  }
  return steps.run(`deploy ${service.name}`, async (tell) => {
    const patched = await doors.apps.deploy(environment.resourceGroup, service.appName, container, secrets);
    tell("waiting until it is healthy");
    await healthy(service, patched, deployment, doors);
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

async function serves(doors: Doors, environment: Environment, app: App): Promise<boolean> {
  if (!app.latestRevision || app.latestRevision !== app.readyRevision) return false;
  return (await doors.apps.revision(environment.resourceGroup, app.name, app.latestRevision)).state === "healthy";
}

/** Time for pulling the image and starting the container, on top of what the app itself may take. */
const PLATFORM_SECONDS = 120;

async function healthy(service: EnvironmentService, app: App, deployment: Deployment, doors: Doors): Promise<void> {
  const { environment, commit } = deployment;
  const group = environment.resourceGroup;
  const limit = (service.startup + PLATFORM_SECONDS) * 1000;
  const { state, reason } = await doors.apps.settled(group, app.name, app.latestRevision ?? "", limit, doors.signal);
  if (state === "healthy") return;
  const output = await lastOutput(service, app.latestRevision ?? "", environment, doors);
  const old = app.readyRevision && app.readyRevision !== app.latestRevision;
  throw new PaasError("unhealthy", `service ${service.name} of ${environment.envId} did not get healthy: ${reason}`, {
    details: [
      ...(output.length > 0
        ? [`last output of commit ${commit.slice(0, 8)}:`, ...output.map((line) => `  ${line}`)]
        : []),
      old ? "the version before goes on serving" : "nothing serves yet: there was no version before",
    ],
    next: `mend it and push again; \`paas logs ${environment.envId}\` shows more`,
  });
}

async function lastOutput(
  service: EnvironmentService,
  revision: string,
  environment: Environment,
  doors: Doors,
): Promise<string[]> {
  const lines: string[] = [];
  const signal = AbortSignal.timeout(10_000);
  const request = { environment, services: [service], revision, tail: 15, follow: false, signal };
  try {
    for await (const { text } of doors.cloud.logs(request)) lines.push(text);
  } catch {
    return ["(its output could not be read)"];
  }
  return lines;
}

function secretsOf(service: EnvironmentService, { vaultUri, identityId }: Deployment): SecretReference[] {
  if (vaultUri === null) return [];
  return service.secrets.map((name) => ({
    name: secretName(name),
    keyVaultUrl: `${vaultUri}secrets/${secretName(name)}`,
    identity: identityId,
  }));
}
