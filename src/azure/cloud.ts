import type { Cloud, CloudContext, Endpoint } from "../cloud.js";
import { describePlatform, platformOf } from "../environment/platform.js";
import type { Tier } from "../manifest/manifest.js";
import { openApps } from "./apps.js";
import { openArm } from "./arm.js";
import { type ClientOptions, PATIENT } from "./client.js";
import { orNull } from "./failure.js";
import { azureLogs } from "./logs.js";
import type { Session } from "./session.js";
import { terraformVariables } from "./terraform-variables.js";

/** What is built beside: images with what runs in them once, and the vaults of environments. */
export type AzureParts = Pick<Cloud, "build" | "hasImage" | "release" | "clearReleases" | "forget" | "vault">;

const ARM = "https://management.azure.com";
const CONTAINER_APPS = "2025-07-01";

/** Azure as a `Cloud`: its public endpoints, as whoever is signed in. Nothing is asked of it yet. */
export function openAzureCloud(
  { manifest, variables }: Pick<CloudContext, "manifest" | "variables">,
  session: Session,
  parts: AzureParts,
  options: ClientOptions = {},
): Cloud {
  const { credential, subscriptionId, tenantId, who } = session;
  const patient = { ...PATIENT, ...options };
  const arm: Endpoint = { url: ARM, credential, options: patient };
  const platform = (tier: Tier) =>
    platformOf(describePlatform({ manifest, tier, subscriptionId }), subscriptionId, tenantId);
  const apps = openApps(arm, subscriptionId);
  return {
    name: "azure",
    label: `azure (subscription ${subscriptionId}, tenant ${tenantId}, signed in as ${who})`,
    simulated: false,
    subscriptionId,
    remote: "origin",
    arm,
    // The state account's retries are the state's own: it bounds every call.
    blobs: { url: `https://${platform("nonprod").stateAccount}.blob.core.windows.net`, credential, options },
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
      variables: async () => terraformVariables(session, variables),
    },
    ...parts,
    logs: (request) => azureLogs(request, { arm, platform, subscriptionId, options: patient }),
    exec: async (request) => {
      const { azureExec } = await import("./console.js");
      return azureExec(request, { arm, subscriptionId, options: patient });
    },
    forgetPushes: async () => {},
    url: (host) => `https://${host}`,
    serviceAddress: async ({ resourceGroup }, { appName }) => {
      const app = await apps.find(resourceGroup, appName);
      // An internal app's host holds `.internal.`; without an ingress the name is good inside the environment alone.
      return app?.host ? `https://${app.host}` : `http://${appName}`;
    },
    close: () => session.close(),
  };
}
