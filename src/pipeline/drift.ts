import path from "node:path";
import type { Group } from "../azure/groups.js";
import { foreignChanges, type ResourceDrift } from "../environment/drift.js";
import { TAG, taggedBranch } from "../environment/tags.js";
import { PaasError } from "../errors.js";
import type { RecordSummary } from "../state/summary.js";
import { driftReadOnly } from "../terraform/commands.js";
import { resourceTypesOfState } from "../terraform/state.js";
import { writeStateOnly } from "../terraform/state-only.js";
import { count } from "../ui/wording.js";
import { type Doors, doorsAt } from "./doors.js";
import type { Steps } from "./events.js";
import { sayStopping } from "./infrastructure.js";
import type { Survey } from "./survey.js";

/** How an environment in the cloud compares with what is written of it. */
export type EnvironmentDrift = {
  envId: string;
  branch: string | null;
  resourceGroup: string;
  /**
   * `missing`: its group is gone though it should run; `orphan`: a group with our tags that no record knows;
   * `unreadable`: it could not be compared; `busy`: a run is changing it right now, so there is nothing to compare.
   */
  status: "none" | "drift" | "missing" | "orphan" | "unreadable" | "busy";
  resources: ResourceDrift[];
  /** Words beside the status; null when it says everything. */
  why: string | null;
};

/** True for what a person has to look at. */
export function needsAttention({ status }: EnvironmentDrift): boolean {
  return status !== "none" && status !== "busy";
}

/** Compares the environments of a survey, one by one, with their states. Reads only, and takes no lock. */
export async function driftOf(survey: Pick<Survey, "records" | "groups">, doors: Doors, steps: Steps) {
  const groups = new Map(survey.groups.map((group) => [group.tags[TAG.environment] ?? "", group]));
  const alive = survey.records.filter(({ state }) => state !== "destroyed");
  const found: EnvironmentDrift[] = [];
  for (const record of alive) {
    const group = groups.get(record.envId) ?? null;
    found.push(await driftOfRecord(record, group, doorsAt(record.tier, doors), steps));
  }
  const known = new Set(alive.map(({ envId }) => envId));
  const others = survey.groups.filter(({ tags }) => !known.has(tags[TAG.environment] ?? ""));
  return [...found, ...others.map(orphan)].sort((one, other) => one.envId.localeCompare(other.envId));
}

async function driftOfRecord(record: RecordSummary, group: Group | null, doors: Doors, steps: Steps) {
  const { envId, branch, resourceGroup, state, locked } = record;
  const said = (status: EnvironmentDrift["status"], why: string | null, resources: ResourceDrift[] = []) => {
    return { envId, branch, resourceGroup, status, resources, why };
  };
  if (locked) return said("busy", "a run is at work on it");
  if (state === "destroying") return said("unreadable", `it is half destroyed: \`paas destroy ${envId}\` ends that`);
  if (!group && state === "running") return said("missing", `its record says running, and ${resourceGroup} is gone`);
  try {
    const resources = await steps.run(`compare ${envId}`, async () => {
      const value = await compare(record, doors, steps);
      return { value, detail: value.length === 0 ? "no drift" : count(value.length, "resource") };
    });
    return said(resources.length === 0 ? "none" : "drift", null, resources);
  } catch (error) {
    if (!(error instanceof PaasError) || doors.signal.aborted) throw error;
    return said("unreadable", [error.message, ...error.details].join("; "));
  }
}

/** From the state alone: what the branch's stack has become plays no part. */
async function compare({ envId, tier }: RecordSummary, doors: Doors, steps: Steps): Promise<ResourceDrift[]> {
  const state = await doors.state.blobs.download({ container: `tier-${tier}`, key: `state/${envId}.tfstate` });
  const types = resourceTypesOfState(state);
  if (state === null || types.length === 0) return [];
  const terraform = await doors.terraform();
  const work = path.join(doors.work(envId), "drift");
  writeStateOnly(work, { purge: false });
  const run = {
    binary: terraform.path,
    envId,
    work,
    variables: await doors.cloud.terraform.variables(types, null),
    signal: doors.signal,
    onInterrupt: () => sayStopping(steps),
  };
  return foreignChanges(await driftReadOnly(run, state));
}

function orphan({ name, tags }: Group): EnvironmentDrift {
  const why = `${name} carries the project's tags, and no record knows it`;
  const envId = tags[TAG.environment] ?? "";
  return { envId, branch: taggedBranch(tags), resourceGroup: name, status: "orphan", resources: [], why };
}
