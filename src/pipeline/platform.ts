import type { Platform } from "../environment/environment.js";
import { describePlatform } from "../environment/platform.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import type { Doors } from "./doors.js";
import { type Steps, under } from "./events.js";
import { applyStack, installPackages } from "./infrastructure.js";
import type { Workplace } from "./workplace.js";

/**
 * The shared platform of a tier; where it is missing it is made, with its own state, from the same `infra/`.
 * Making it is what `paas bootstrap` does on Azure and what the local cloud does at its first use.
 */
export async function ensurePlatform(
  manifest: Manifest,
  tier: Tier,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
): Promise<Platform> {
  const { cloud } = doors;
  const platform = cloud.platform.of(tier);
  if (await cloud.platform.exists(tier)) return platform;
  const description = describePlatform({ manifest, tier, subscriptionId: cloud.subscriptionId });
  const stack = {
    envId: `platform-${tier}`,
    content: { schemaVersion: 1 as const, stack: "platform" as const, platform: description },
    platform,
    state: { container: `tier-${tier}`, key: "state/platform.tfstate" },
  };
  await installPackages(workplace, doors, steps);
  await doors.state.ensureContainer(stack.state.container);
  await applyStack(stack, workplace, doors, under("platform", steps));
  return platform;
}
