import { expiry } from "../environment/describe.js";
import type { Environment } from "../environment/environment.js";
import { mainService } from "../environment/main-service.js";
import { EXIT, PaasError } from "../errors.js";
import { type Deployment, type EnvironmentRecord, LEDGER_LENGTH } from "../state/record.js";
import type { HeldRecord } from "../state/records.js";
import { version } from "../version.js";
import type { ServiceOutcome } from "./deploy.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import type { PlanLine } from "./plan.js";
import { recordWith } from "./recording.js";

/** Writes what serves now into the record and onto the group; returns where the environment answers. */
export async function finish(
  environment: Environment,
  commit: string,
  services: ServiceOutcome[],
  started: EnvironmentRecord,
  held: HeldRecord,
  doors: Doors,
  steps: Steps,
): Promise<string | null> {
  const now = doors.now();
  const url = publicUrl(environment, services);
  const expires = expiry(environment, now)?.toISOString() ?? null;
  let deployments: Deployment[] = [];
  await steps.run("record", async () => {
    const group = await doors.groups.find(environment.resourceGroup);
    const changing = { "paas-commit": commit, "paas-version": version, "paas-expires": expires ?? "never" };
    if (group) await doors.groups.tag(group, changing);
    const deployed = Object.fromEntries(services.map(({ name, changed: _, ...service }) => [name, service]));
    const deployment = { commit, at: now.toISOString(), services: deployed };
    deployments = [deployment, ...started.deployments].slice(0, LEDGER_LENGTH);
    await held.write(
      recordWith(
        started,
        {
          state: "running",
          commit,
          url,
          expires,
          services: deployed,
          deployments,
        },
        now,
      ),
    );
    return { value: undefined };
  });
  await dropOlderImages(environment, deployments, doors, steps);
  return url;
}

/** Nobody goes back to what the ledger has forgotten, or to what never served. It is no part of the run's success. */
async function dropOlderImages(
  { envId, tier }: Environment,
  deployments: Deployment[],
  doors: Doors,
  steps: Steps,
): Promise<void> {
  const needed = deployments.flatMap(({ services }) => Object.values(services).map(({ image }) => image));
  try {
    await doors.cloud.keepImages(envId, tier, [...new Set(needed)]);
  } catch (error) {
    if (!(error instanceof PaasError)) throw error;
    // Who deploys by hand may push and need not be allowed to delete; the next run of a workflow does it.
    if (error.exit !== EXIT.signIn) steps.warn(`older images of ${envId} are still there: ${error.message}`);
  }
}

/** The services that were brought up, as lines of a plan. */
export function deployed(services: ServiceOutcome[], before: EnvironmentRecord | null): PlanLine[] {
  const known = before?.state === "destroyed" ? {} : (before?.services ?? {});
  return services
    .filter(({ changed }) => changed)
    .map(({ name }) => ({
      address: `service.${name}`,
      type: "container",
      action: name in known ? ("update" as const) : ("create" as const),
    }));
}

function publicUrl(environment: Environment, services: ServiceOutcome[]): string | null {
  const main = mainService(environment.services);
  return services.find(({ name }) => name === main?.name)?.url ?? null;
}
