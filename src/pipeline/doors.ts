import path from "node:path";
import { type Apps, openApps } from "../azure/apps.js";
import { openArm } from "../azure/arm.js";
import { type Groups, openGroups } from "../azure/groups.js";
import { openSoftDeleted, type SoftDeleted } from "../azure/soft-deleted.js";
import type { Cloud } from "../cloud.js";
import type { Git } from "../git/git.js";
import { fixedEnvironments, policyFor } from "../manifest/environments.js";
import { TIERS, type Tier } from "../manifest/manifest.js";
import { envIdOf } from "../naming/envId.js";
import { openState, type State } from "../state/state.js";
import { findTerraform, type TerraformBinary } from "../terraform/binary.js";
import type { Tools } from "../tools.js";
import type { Source } from "./source.js";

/** What the pipelines work with: one cloud, one subscription of it, one repository, one machine. */
export type Doors = {
  cloud: Cloud;
  git: Git;
  /** Folder whose `.paas` is worked in. */
  home: string;
  groups: Groups;
  apps: Apps;
  softDeleted: SoftDeleted;
  state: State;
  terraform(): Promise<TerraformBinary>;
  /** Folder of the runs of one environment: bundle, configuration, plan and logs; one run at a time writes there. */
  work(envId: string): string;
  variables: NodeJS.ProcessEnv;
  now(): Date;
  signal: AbortSignal;
};

export async function openDoors(
  tools: Pick<Tools, "cloud" | "git" | "home" | "variables" | "now" | "signal">,
): Promise<Doors> {
  const [git, home] = [await tools.git(), await tools.home()];
  const cloud = await tools.cloud();
  let terraform: Promise<TerraformBinary> | undefined;
  return {
    ...openedIn(cloud),
    git,
    home,
    terraform: () => {
      terraform ??= findTerraform(tools.variables);
      return terraform;
    },
    work: (envId) => path.join(home, ".paas", "work", cloud.name, envId),
    variables: tools.variables,
    now: tools.now,
    signal: tools.signal,
  };
}

/** The doors to where a tier lies: they are the same ones, unless it has a subscription of its own. */
export function doorsAt(tier: Tier, doors: Doors): Doors {
  const { cloud } = doors;
  if (cloud.platform.of(tier).subscriptionId === cloud.subscriptionId) return doors;
  return { ...doors, ...openedIn(cloud.at(tier)) };
}

/** The doors to where a branch's environment lies; its tier is the default branch's word. */
export function doorsTo({ branch, trusted }: Pick<Source, "branch" | "trusted">, doors: Doors): Doors {
  const naming = { projectId: trusted.id, fixed: fixedEnvironments(trusted) };
  return doorsAt(policyFor(trusted, envIdOf(branch, naming)).tier, doors);
}

/** One set of doors for each subscription that these tiers lie in. */
export function everyDoors(doors: Doors, tiers: readonly Tier[] = TIERS): Doors[] {
  const opened = tiers.map((tier) => doorsAt(tier, doors));
  const ids = opened.map(({ cloud }) => cloud.subscriptionId);
  return opened.filter((_, index) => ids.indexOf(ids[index] ?? "") === index);
}

type InSubscription = Pick<Doors, "cloud" | "groups" | "apps" | "softDeleted" | "state">;

/** What differs from subscription to subscription. */
function openedIn(cloud: Cloud): InSubscription {
  return {
    cloud,
    groups: openGroups(cloud.arm, cloud.subscriptionId),
    apps: openApps(cloud.arm, cloud.subscriptionId),
    softDeleted: openSoftDeleted(openArm(cloud.arm), cloud.subscriptionId),
    state: openState(cloud.blobs),
  };
}
