import { milliseconds } from "./duration.js";
import { policyFor } from "./environments.js";
import type { EnvironmentSettings, Manifest } from "./manifest.js";
import { serviceOf } from "./normalize.js";
import { mergedDocument } from "./parse.js";

/**
 * What the manifest says for one environment: base, then every overlay that matches, in the file's order. Protected
 * environments never expire.
 * @param trusted the default branch's manifest, which alone decides tier and protection
 * @throws ManifestError when overlays that were never seen together contradict each other
 */
export function settingsFor(manifest: Manifest, envId: string, trusted = manifest): EnvironmentSettings {
  const document = mergedDocument(manifest, envId);
  const policy = policyFor(trusted, envId);
  return {
    location: document.location,
    isolation: document.isolation ?? "shared",
    ...policy,
    ttl: policy.protected ? null : lifetime(document.ttl),
    services: Object.entries(document.services).map(([name, service]) => serviceOf(name, service)),
  };
}

function lifetime(ttl: string | undefined): number | null {
  return ttl === undefined || ttl === "never" ? null : milliseconds(ttl);
}
