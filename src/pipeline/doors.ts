import path from "node:path";
import { type Apps, openApps } from "../azure/apps.js";
import { openArm } from "../azure/arm.js";
import { type Groups, openGroups } from "../azure/groups.js";
import { openSoftDeleted, type SoftDeleted } from "../azure/soft-deleted.js";
import type { Cloud } from "../cloud.js";
import type { Git } from "../git/git.js";
import { openState, type State } from "../state/state.js";
import { findTerraform, type TerraformBinary } from "../terraform/binary.js";
import type { Tools } from "../tools.js";

/** What the pipelines work with: one cloud, one repository, one machine. */
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
  return {
    cloud,
    git,
    home,
    groups: openGroups(cloud.arm, cloud.subscriptionId),
    apps: openApps(cloud.arm, cloud.subscriptionId),
    softDeleted: openSoftDeleted(openArm(cloud.arm), cloud.subscriptionId),
    state: openState(cloud.blobs),
    terraform: () => findTerraform(tools.variables),
    work: (envId) => path.join(home, ".paas", "work", cloud.name, envId),
    variables: tools.variables,
    now: tools.now,
    signal: tools.signal,
  };
}
