import type { ContainerApp, Job } from "@azure/arm-appcontainers";
import type { ReleaseRequest } from "../cloud.js";
import type { Environment } from "../environment/environment.js";
import { RELEASE_LIMIT } from "../manifest/release.js";
import { resourceName } from "../naming/name.js";

/** Tag of a job that runs a release command; its value is the service. */
export const RELEASE_TAG = "paas-release";

/** Name of the job that runs the release commands of a service. */
export function releaseJobName(
  { project, envId, generation }: Pick<Environment, "project" | "envId" | "generation">,
  service: string,
  subscriptionId: string,
): string {
  return resourceName("containerAppJob", { project, subscriptionId, envId, generation }, service);
}

/**
 * The job that runs a release command once: in the new image, with all else as the app has it, which its stack may have
 * changed from what paas would choose. `command` takes the place of the image's entry point, as the words of a release
 * command do everywhere; secrets are references, and are read by the app's identity when the command starts.
 */
export function releaseJob(request: ReleaseRequest, app: ContainerApp): Job {
  const { environment, service, image, command, env, secrets } = request;
  const { cpu, memory } = service;
  const environmentId = app.managedEnvironmentId ?? app.environmentId;
  const identities = Object.keys(app.identity?.userAssignedIdentities ?? {}).map((id) => [id, {}]);
  return {
    location: app.location,
    tags: { ...environment.tags, [RELEASE_TAG]: service.name },
    ...(identities.length === 0
      ? {}
      : { identity: { type: "UserAssigned", userAssignedIdentities: Object.fromEntries(identities) } }),
    ...(environmentId === undefined ? {} : { environmentId }),
    ...(app.workloadProfileName === undefined ? {} : { workloadProfileName: app.workloadProfileName }),
    configuration: {
      triggerType: "Manual",
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
      replicaTimeout: RELEASE_LIMIT / 1000,
      // Half a migration is not begun again by itself.
      replicaRetryLimit: 0,
      registries: app.configuration?.registries ?? [],
      secrets,
    },
    template: {
      containers: [{ name: service.name, image: image.reference, command, env, resources: { cpu, memory } }],
    },
  };
}
