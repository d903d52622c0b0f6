import { stringify } from "yaml";
import { durationText } from "./duration.js";
import type { EnvironmentSettings, Service } from "./manifest.js";
import { joinCommand } from "./release.js";

/** Settings as YAML in the words of `paas.yaml`, every default written out. */
export function renderSettings({ name, id }: { name: string; id: string }, settings: EnvironmentSettings): string {
  const { location, isolation, tier, ttl, services } = settings;
  const document = {
    name,
    id,
    location,
    isolation,
    tier,
    protected: settings.protected,
    ttl: ttl === null ? "never" : durationText(ttl),
    services: Object.fromEntries(services.map((service) => [service.name, serviceDocument(service)])),
  };
  return stringify(document, { lineWidth: 0 });
}

/** The entry of `services` that reads back as this service. */
export function serviceDocument({ name: _, release, domain, ...service }: Service): Record<string, unknown> {
  return {
    ...service,
    ...(release === null ? {} : { release: joinCommand(release) }),
    ...(domain === null ? {} : { domain }),
  };
}
