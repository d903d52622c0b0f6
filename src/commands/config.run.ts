import type { CloudName } from "../cloud.js";
import { describeEnvironment } from "../environment/describe.js";
import { describePlatform, platformOf } from "../environment/platform.js";
import { policyFor } from "../manifest/environments.js";
import type { Manifest } from "../manifest/manifest.js";
import { renderSettings } from "../manifest/render.js";
import { settingsFor } from "../manifest/settings.js";
import { LOCAL_TENANT } from "../naming/simulated.js";
import { trustedManifest } from "../pipeline/source.js";
import type { EnvironmentFile } from "../pipeline/workplace.js";
import type { Tools } from "../tools.js";
import { requireBranch, subjectOf } from "./subject.js";

export type ConfigOptions = { environment?: string; environmentFile?: boolean; json?: boolean };
export type ConfigTools = Pick<
  Tools,
  "git" | "manifest" | "variables" | "actions" | "cloudName" | "subscription" | "ui"
>;

/** Shows the working tree's manifest merged for one environment, or the file that the CDKTF app reads. */
export async function config(options: ConfigOptions, tools: ConfigTools): Promise<void> {
  const cloud = await tools.cloudName();
  const manifest = await tools.manifest();
  const trusted = await trustedManifest(await tools.git(), manifest);
  const subject = await subjectOf(options.environment, tools);
  if (options.environmentFile) {
    const subscriptionId = await tools.subscription(policyFor(trusted, subject.envId).tier);
    const request = { manifest, trusted, branch: requireBranch(subject), subscriptionId };
    const file = environmentFile(request, tenantOf(cloud, manifest));
    return tools.ui.result({}, file, JSON.stringify(file, null, 2));
  }
  const settings = settingsFor(manifest, subject.envId, trusted);
  tools.ui.result(options, { ...subject, settings }, renderSettings(manifest, settings));
}

type FileRequest = { manifest: Manifest; trusted: Manifest; branch: string; subscriptionId: string };

function environmentFile(request: FileRequest, tenantId: string): EnvironmentFile {
  const { trusted, subscriptionId } = request;
  const environment = describeEnvironment({ ...request, generation: 0 });
  const description = describePlatform({ manifest: trusted, tier: environment.tier, subscriptionId });
  const platform = platformOf(description, subscriptionId, tenantId);
  return { schemaVersion: 1, stack: "environment", environment, platform };
}

function tenantOf(cloud: CloudName, manifest: Manifest): string {
  return cloud === "local" || !manifest.platform ? LOCAL_TENANT : manifest.platform.tenant;
}
