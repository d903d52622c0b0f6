import type { App } from "../azure/apps.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import { PaasError } from "../errors.js";
import type { Doors } from "./doors.js";

/** A new version of a service on its way. */
export type Attempt = {
  service: EnvironmentService;
  environment: Environment;
  commit: string;
  /** Revision that served before it; null when nothing of ours did. */
  replaced: string | null;
};

/** Time for pulling the image and starting the container, on top of what the app itself may take. */
const PLATFORM_SECONDS = 120;

/**
 * Waits until the new version takes requests.
 * @throws PaasError `unhealthy` with what the platform and the app said; the version before serves
 */
export async function healthy(attempt: Attempt, app: App, doors: Doors): Promise<void> {
  const { service, environment, commit } = attempt;
  const group = environment.resourceGroup;
  const revision = app.latestRevision ?? "";
  const limit = (service.startup + PLATFORM_SECONDS) * 1000;
  const { state, reason } = await doors.apps.settled(group, app.name, revision, limit, doors.signal);
  if (state === "healthy") return;
  const [said, output] = await Promise.all([
    doors.apps.explain(group, app.name, revision),
    lastOutput(service, revision, environment, doors),
  ]);
  throw new PaasError("unhealthy", `service ${service.name} of ${environment.envId} did not get healthy: ${reason}`, {
    details: [
      ...said,
      ...(output.length > 0
        ? [`last output of commit ${commit.slice(0, 8)}:`, ...output.map((line) => `  ${line}`)]
        : []),
      await whatServes(attempt, doors),
    ],
    next: `mend it${longer(reason, service)} and push again; \`paas logs ${environment.envId}\` shows more`,
  });
}

/** What else helps an app that may only be slow: one that gave no good answer in time, and did not simply end. */
function longer(reason: string | null, { name, startup }: EnvironmentService): string {
  if (!/\bprobe|not healthy|within \d/i.test(reason ?? "")) return "";
  return `, or give it more than ${startup} s (\`startup\` of service ${name} in paas.yaml, 30m at most),`;
}

/** Some versions are refused while they start, an image that cannot be pulled for one; then, too, something must serve. */
export async function refusedDeployment(attempt: Attempt, error: unknown, doors: Doors): Promise<never> {
  if (!(error instanceof PaasError)) throw error;
  const { code, message, details, exit, next, cause } = error;
  const serves = await whatServes(attempt, doors);
  throw new PaasError(code, message, { details: [...details, serves], exit, cause, ...(next ? { next } : {}) });
}

async function whatServes({ service, environment, replaced }: Attempt, doors: Doors): Promise<string> {
  if (replaced === null) return "nothing serves yet: there was no version before";
  try {
    const activated = await doors.apps.keep(environment.resourceGroup, service.appName, replaced);
    return activated ? "the version before was activated again and serves" : "the version before goes on serving";
  } catch (error) {
    return `the version before may not serve: ${error instanceof Error ? error.message : error}`;
  }
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
