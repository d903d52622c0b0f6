import type { CloudContext } from "../cloud.js";
import { describePlatform, platformOf, subscriptionOf } from "../environment/platform.js";
import { EXIT, PaasError } from "../errors.js";
import { policyFor } from "../manifest/environments.js";
import { openArm } from "./arm.js";
import { type ClientOptions, PATIENT } from "./client.js";
import type { AzureParts } from "./cloud.js";
import { openImages } from "./images.js";
import { openRegistry, type Registry } from "./registry.js";
import type { Session } from "./session.js";
import { openVaults, type VaultSources } from "./vault.js";

/** Images and vaults on Azure. */
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
  const serverOf = (envId: string) => {
    const { tier } = policyFor(manifest, envId);
    const subscriptionId = subscriptionOf(manifest, tier, session.subscriptionId);
    const description = describePlatform({ manifest, tier, subscriptionId });
    return platformOf(description, subscriptionId, tenantId).registryServer;
  };
  const arm = openArm({ url: "https://management.azure.com", credential, options: patient });
  return {
    ...openImages({ variables, registry, serverOf, project: manifest.name }),
    release: async ({ service }) => {
      throw new PaasError(
        "release-on-azure",
        `service ${service.name} has a release command, which Azure does not run yet`,
        {
          next: "run it when the app starts, and take `release` out of paas.yaml for this environment",
          exit: EXIT.usage,
        },
      );
    },
    vault: openVaults({ arm, manifest, session, options: patient, patience }),
  };
}
