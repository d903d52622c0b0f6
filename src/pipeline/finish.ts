import { expiry } from "../environment/describe.js";
import type { Environment } from "../environment/environment.js";
import type { EnvironmentRecord } from "../state/record.js";
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
  await steps.run("record", async () => {
    const group = await doors.groups.find(environment.resourceGroup);
    const changing = { "paas-commit": commit, "paas-version": version, "paas-expires": expires ?? "never" };
    if (group) await doors.groups.tag(group, changing);
    const deployed = Object.fromEntries(services.map(({ name, changed: _, ...service }) => [name, service]));
    const deployment = { commit, at: now.toISOString(), services: deployed };
    await held.write(
      recordWith(
        started,
        {
          state: "running",
          commit,
          url,
          expires,
          services: deployed,
          deployments: [deployment, ...started.deployments].slice(0, 50),
        },
        now,
      ),
    );
    return { value: undefined };
  });
  return url;
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
  const open = environment.services.filter(({ internal }) => !internal).map(({ name }) => name);
  const first = open.includes("web") ? "web" : open[0];
  return services.find(({ name }) => name === first)?.url ?? null;
}
