import type { CloudContext, Endpoint } from "../cloud.js";
import { describePlatform, platformOf, subscriptionOf } from "../environment/platform.js";
import type { Tier } from "../manifest/manifest.js";
import { openArm } from "./arm.js";
import { type ClientOptions, PATIENT } from "./client.js";
import type { AzureParts } from "./cloud.js";
import { openImages } from "./images.js";
import { openRegistry, type Registry } from "./registry.js";
import { openReleases } from "./release.js";
import type { Session } from "./session.js";
import { openVaults, type VaultSources } from "./vault.js";

/** Images with what runs in them once, and vaults, on Azure. */
export function openParts(
  { manifest, variables }: Pick<CloudContext, "manifest" | "variables">,
  session: Session,
  options: ClientOptions = {},
  patience: VaultSources["patience"] = {},
): AzureParts {
  const { credential, tenantId } = session;
  const patient = { ...PATIENT, ...options };
  const registries = new Map<string, Registry>();
  const registry = (server: string): Registry => {
    const known = registries.get(server) ?? openRegistry(server, { credential, options: patient }, tenantId);
    registries.set(server, known);
    return known;
  };
  const subscriptionIn = (tier: Tier) => subscriptionOf(manifest, tier, session.subscriptionId);
  const platform = (tier: Tier) => {
    const subscriptionId = subscriptionIn(tier);
    return platformOf(describePlatform({ manifest, tier, subscriptionId }), subscriptionId, tenantId);
  };
  const serverOf = (tier: Tier) => platform(tier).registryServer;
  const endpoint: Endpoint = { url: "https://management.azure.com", credential, options: patient };
  const arm = openArm(endpoint);
  const releases = (tier: Tier) => openReleases({ arm: endpoint, subscriptionId: subscriptionIn(tier), platform });
  return {
    ...openImages({ variables, registry, serverOf, project: manifest.name }),
    release: (request) => releases(request.environment.tier).release(request),
    clearReleases: (group, tier) => releases(tier).clear(group),
    vault: openVaults({ arm, manifest, session, options: patient, patience }),
  };
}
