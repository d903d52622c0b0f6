import type { Cloud, CloudContext, Endpoint } from "../cloud.js";
import { describePlatform, platformOf, subscriptionOf } from "../environment/platform.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { openApps } from "./apps.js";
import { openArm } from "./arm.js";
import { type ClientOptions, PATIENT } from "./client.js";
import { orNull } from "./failure.js";
import { azureLogs } from "./logs.js";
import type { Session } from "./session.js";
import { terraformVariables } from "./terraform-variables.js";

/** What is built beside: images with what runs in them once, and the vaults of environments. */
export type AzureParts = Pick<
  Cloud,
  "build" | "hasImage" | "release" | "clearReleases" | "forget" | "keepImages" | "vault"
>;

const ARM = "https://management.azure.com";
const CONTAINER_APPS = "2025-07-01";

/** Azure as a `Cloud`: its public endpoints, as whoever is signed in. Nothing is asked of it yet. */
export function openAzureCloud(
  { manifest, variables }: Pick<CloudContext, "manifest" | "variables">,
  session: Session,
  parts: AzureParts,
  options: ClientOptions = {},
): Cloud {
  const { credential, tenantId, who } = session;
  const patient = { ...PATIENT, ...options };
  const arm: Endpoint = { url: ARM, credential, options: patient };
  const tierSubscription = (tier: Tier) => subscriptionOf(manifest, tier, session.subscriptionId);
  const platform = (tier: Tier) => {
    const subscriptionId = tierSubscription(tier);
    return platformOf(describePlatform({ manifest, tier, subscriptionId }), subscriptionId, tenantId);
  };
  const inSubscription = (subscriptionId: string): Cloud => {
    const { stateAccount } = describePlatform({ manifest, tier: "nonprod", subscriptionId }).names;
    return {
      name: "azure",
      label: `azure (${placeWords(manifest, session)}, tenant ${tenantId}, signed in as ${who})`,
      simulated: false,
      subscriptionId,
      at: (tier) => inSubscription(tierSubscription(tier)),
      remote: "origin",
      arm,
      // The state account's retries are the state's own: it bounds every call.
      blobs: { url: `https://${stateAccount}.blob.core.windows.net`, credential, options },
      platform: {
        of: platform,
        exists: async (tier) => {
          const { containerAppEnvironmentId } = platform(tier);
          const call = openArm(arm).get(containerAppEnvironmentId, CONTAINER_APPS);
          return (await orNull("look for the Container Apps environment of the platform", call)) !== null;
        },
        madeByRuns: false,
      },
      terraform: {
        providers: null,
        stateThroughFile: false,
        variables: async () => terraformVariables(session, subscriptionId, variables),
      },
      ...parts,
      logs: (request) => {
        const of = tierSubscription(request.environment.tier);
        return azureLogs(request, { arm, platform, subscriptionId: of, options: patient });
      },
      exec: async (request) => {
        const { azureExec } = await import("./console.js");
        const of = tierSubscription(request.environment.tier);
        return azureExec(request, { arm, subscriptionId: of, options: patient });
      },
      forgetPushes: async () => {},
      url: (host) => `https://${host}`,
      serviceAddress: async ({ resourceGroup, tier }, { appName }) => {
        const app = await openApps(arm, tierSubscription(tier)).find(resourceGroup, appName);
        // An internal app's host holds `.internal.`; without an ingress the name is good inside the environment alone.
        return app?.host ? `https://${app.host}` : `http://${appName}`;
      },
      close: () => session.close(),
    };
  };
  return inSubscription(session.subscriptionId);
}

/** All that a run may act in, before it does. */
function placeWords({ platform }: Manifest, { subscriptionId }: Session): string {
  const own = Object.entries(platform?.tiers ?? {}).map(([tier, place]) => `, of ${tier} ${place.subscription}`);
  return `subscription ${platform?.subscription ?? subscriptionId}${own.join("")}`;
}
