import { PATIENCE, type Patience } from "../azure/patience.js";
import type { Session } from "../azure/session.js";
import { openAzureAs } from "../cloud.js";
import { platformBlockFor } from "../environment/platform.js";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { isSettled, placeOf } from "../manifest/tier-place.js";
import { type BootstrapDoors, openBootstrapDoors } from "../pipeline/bootstrap-doors.js";
import { openDoors } from "../pipeline/doors.js";
import type { Tools } from "../tools.js";
import { type GithubSide, openGithubSide } from "./bootstrap.github.js";
import type { BootstrapOptions } from "./bootstrap.run.js";

/** All that a bootstrap works with: who is signed in, and what the manifest will say. */
export type Opened = { doors: BootstrapDoors; session: Session; github: GithubSide; manifest: Manifest };

/** How Azure is reached, and how long its slow parts are waited for. */
export type AzureDoor = { open: typeof openAzureAs; patience: Patience };

export const REAL_AZURE: AzureDoor = { open: openAzureAs, patience: PATIENCE };

/** Signs in, to what was chosen or noted, and says where; nothing is changed. */
export async function openBootstrap(options: BootstrapOptions, tools: Tools, azure: AzureDoor): Promise<Opened> {
  const { variables, signal, ui } = tools;
  const [read, git] = [await tools.manifest(), await tools.git()];
  const { tier } = options;
  const chosen = {
    tenantId: options.tenant ?? read.platform?.tenant ?? null,
    subscriptionId: subscriptionChosen(options, read),
  };
  const context = { root: git.root, manifest: read, variables, note: ui.note };
  const { session, cloudOf } = await azure.open(context, chosen);
  const manifest = { ...read, platform: platformBlockFor(read, { ...session, tier }, options.stateAccount ?? null) };
  const cloud = cloudOf(manifest);
  ui.note(ui.palette.faint(`cloud: ${cloud.label}`));
  const doors = await openDoors({ ...tools, cloud: async () => cloud });
  const github = await openGithubSide(git, { variables, signal });
  const more = { manifest, tier, patience: azure.patience, github: github.reached?.settings ?? null };
  return { doors: openBootstrapDoors(doors, more), session, github, manifest };
}

/** That of the tier, which its first bootstrap chooses; a later one finds it noted. */
function subscriptionChosen({ subscription, tier, remove }: BootstrapOptions, { platform }: Manifest): string | null {
  if (!platform) return subscription ?? null;
  const noted = placeOf(platform, tier).subscription;
  const isOther = subscription !== undefined && subscription.toLowerCase() !== noted.toLowerCase();
  if (isOther && (remove || isSettled(platform, tier))) throw elsewhere(tier, noted);
  return subscription ?? noted;
}

function elsewhere(tier: Tier, subscription: string): PaasError {
  return new PaasError("other-subscription", `the platform of ${tier} is in subscription ${subscription}`, {
    next: `leave --subscription out; or take that platform down first with \`paas bootstrap --remove --tier ${tier}\``,
    exit: EXIT.usage,
  });
}
