import { createHash } from "node:crypto";
import type { ContainerEnv } from "../cloud.js";
import type { EnvironmentService } from "../environment/environment.js";

/** `properties.template.containers[0]` as Azure's REST API shapes it. */
export type Container = {
  name: string;
  image: string;
  resources: { cpu: number; memory: string };
  env: ContainerEnv[];
  probes: Probe[];
};

type Probe = {
  type: "Startup" | "Readiness" | "Liveness";
  httpGet: { path: string; port: number; scheme: "HTTP" };
  initialDelaySeconds: number;
  periodSeconds: number;
  timeoutSeconds: number;
  successThreshold: number;
  failureThreshold: number;
};

/** A secret of a container app: a reference into a vault, never a value. */
export type SecretReference = { name: string; keyVaultUrl: string; identity: string };

/**
 * The container of a service, with every probe in its full form: the provider rewrites a short one into a TCP probe of
 * zeros when Terraform next updates the app (seen with azurerm 4.55.0).
 */
export function containerOf(service: EnvironmentService, image: string, env: ContainerEnv[]): Container {
  const httpGet = { path: service.health, port: service.port, scheme: "HTTP" as const };
  const probe = { httpGet, initialDelaySeconds: 1, timeoutSeconds: 2, successThreshold: 1, failureThreshold: 3 };
  return {
    name: service.name,
    image,
    resources: { cpu: service.cpu, memory: service.memory },
    env,
    probes: [
      { ...probe, type: "Startup", ...questionsWithin(service.startup - probe.initialDelaySeconds) },
      { ...probe, type: "Readiness", periodSeconds: 2, successThreshold: 3 },
      { ...probe, type: "Liveness", periodSeconds: 10, timeoutSeconds: 5 },
    ],
  };
}

/** Container Apps admits at most 10 failures, so a longer limit makes the period longer. */
function questionsWithin(seconds: number): Pick<Probe, "periodSeconds" | "failureThreshold"> {
  const limit = Math.max(1, seconds);
  const periodSeconds = Math.ceil(limit / 10);
  return { periodSeconds, failureThreshold: Math.ceil(limit / periodSeconds) };
}

/**
 * Tells whether two deployments of a service are the same thing to run: everything but the image, which is compared by
 * digest, and the commit, which alone is no reason to restart an app.
 * @returns sha256, hex
 */
export function configKey(container: Container, secrets: SecretReference[]): string {
  const env = container.env.filter(({ name }) => name !== "PAAS_COMMIT");
  return createHash("sha256")
    .update(JSON.stringify({ ...container, image: null, env, secrets }))
    .digest("hex");
}
