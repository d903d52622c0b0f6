import fs from "node:fs/promises";
import path from "node:path";
import { bootstrapNames } from "../bootstrap/names.js";
import { platformBlockFor } from "../environment/platform.js";
import type { PlatformBlock } from "../manifest/manifest.js";
import { withPlatformBlock } from "../manifest/platform-block.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";

/** Notes the platform in `paas.yaml`; tells whether it is noted there, or would be, without a change. */
export async function writeBlock(doors: BootstrapDoors, { write }: { write: boolean }): Promise<boolean> {
  const file = path.join(doors.git.root, "paas.yaml");
  const text = await fs.readFile(file, "utf8");
  const wanted = withPlatformBlock(text, await writtenBlock(doors));
  if (write && wanted !== text) await fs.writeFile(file, wanted);
  return wanted === text;
}

/** The block as it is to be: what is there has its client id in it. */
export async function writtenBlock({ manifest, tier, cloud, identities }: BootstrapDoors): Promise<PlatformBlock> {
  const { subscriptionId } = cloud;
  const { tenantId } = cloud.platform.of(tier);
  const { deployer, planner } = bootstrapNames({ manifest, tier, subscriptionId, tenantId });
  const known = { ...manifest.platform?.identities };
  for (const { id, purpose } of planner ? [deployer, planner] : [deployer]) {
    const found = await identities.find(id);
    if (found) known[purpose] = found.clientId;
  }
  return { ...platformBlockFor(manifest, { tier, subscriptionId, tenantId }), identities: known };
}
