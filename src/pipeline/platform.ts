import type { Cloud } from "../cloud.js";
import type { Platform } from "../environment/environment.js";
import { describePlatform } from "../environment/platform.js";
import { PaasError } from "../errors.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import type { HeldRecord } from "../state/records.js";
import { clearDeadLock } from "./dead-lock.js";
import type { Doors } from "./doors.js";
import { type Done, type Steps, under } from "./events.js";
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
  if (!cloud.platform.madeByRuns) throw noPlatform(tier, cloud);
  await installPackages(workplace, doors, steps);
  const container = `tier-${tier}`;
  await doors.state.ensureContainer(container);
  const held = await steps.run("platform lock", (tell) => holdPlatform(container, doors, tell));
  try {
    // Another run may have made it meanwhile.
    if (await cloud.platform.exists(tier)) return platform;
    const running = { ...doors, signal: AbortSignal.any([doors.signal, held.lost]) };
    await makePlatform(manifest, tier, platform, workplace, running, steps);
    return platform;
  } finally {
    await held.release();
  }
}

/** Says what makes the platform of a tier in this cloud. */
export function noPlatform(tier: Tier, { platform }: Pick<Cloud, "platform">): PaasError {
  return new PaasError("no-platform", `the platform of tier ${tier} is not there yet`, {
    details: [`looked for ${platform.of(tier).containerAppEnvironmentId}`],
    next: platform.madeByRuns
      ? "`paas local start` makes it; `paas up` does so too"
      : `\`paas bootstrap --tier ${tier}\` makes it, once`,
  });
}

/** Longest that a run waits for another one that makes the platform, in milliseconds. */
const PATIENCE = 15 * 60_000;

/** A lock of its own, on a record that is never written: environments that are made at once share one platform. */
async function holdPlatform(
  container: string,
  doors: Doors,
  tell: (detail: string) => void,
): Promise<Done<HeldRecord>> {
  const options = { lockTimeout: PATIENCE, signal: doors.signal, tell };
  const ref = { container, key: "platform.json" };
  return { value: await doors.state.records.hold(ref, { operation: "platform" }, options) };
}

async function makePlatform(
  manifest: Manifest,
  tier: Tier,
  platform: Platform,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
): Promise<void> {
  const { cloud } = doors;
  const description = describePlatform({ manifest, tier, subscriptionId: cloud.subscriptionId });
  const stack = {
    envId: `platform-${tier}`,
    content: { schemaVersion: 1 as const, stack: "platform" as const, platform: description },
    platform,
    state: { container: `tier-${tier}`, key: "state/platform.tfstate" },
  };
  await clearDeadLock(null, stack.state, doors, steps);
  await applyStack(stack, workplace, doors, under("platform", steps));
}
