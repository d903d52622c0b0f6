import type { Environment } from "../environment/environment.js";
import { TAG } from "../environment/tags.js";
import type { EnvironmentRecord } from "../state/record.js";

/** The record of a run that begins: what it is about, with all that earlier runs of the same life left. */
export function recordOf(
  environment: Environment,
  commit: string,
  before: EnvironmentRecord | null,
  now: Date,
): EnvironmentRecord {
  const lives = before !== null && before.state !== "destroyed";
  const moment = now.toISOString();
  return {
    schemaVersion: 1,
    envId: environment.envId,
    branch: environment.branch,
    branchSha: environment.tags[TAG.branchSha] ?? "",
    projectId: environment.project.id,
    kind: environment.kind,
    tier: environment.tier,
    generation: environment.generation,
    state: lives && before.state === "running" ? "running" : "creating",
    resourceGroup: environment.resourceGroup,
    commit: lives && before.deployments.length > 0 ? before.commit : commit,
    url: lives ? before.url : null,
    createdAt: lives ? before.createdAt : moment,
    updatedAt: moment,
    expires: lives ? before.expires : null,
    destroyedAt: null,
    services: lives ? before.services : {},
    deployments: lives ? before.deployments : [],
    journal: [],
  };
}

/** The record after a change at `now`. */
export function recordWith(
  record: EnvironmentRecord,
  change: Partial<EnvironmentRecord>,
  now: Date,
): EnvironmentRecord {
  return { ...record, ...change, updatedAt: now.toISOString() };
}
