import type { UpOutcome } from "../pipeline/up.js";

/** What `--json` prints of a run that deployed. */
export function upDocument({ environment, commit, services, url, durations }: UpOutcome): Record<string, unknown> {
  const { envId, branch, kind, resourceGroup, tags, generation, tier } = environment;
  return {
    environment: { envId, branch, commit, kind, tier, generation, resourceGroup, tags },
    services: services.map(({ name, url, image, changed }) => ({ name, url, image, healthy: true, changed })),
    url,
    durations,
  };
}
