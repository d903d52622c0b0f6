import type { Tools } from "../tools.js";
import { openDoors } from "./doors.js";
import { listEnvironments } from "./listing.js";

/** Ids of the environments that there are, for shell completion: quick, and nothing is started for it. */
export async function readEnvironmentNames(tools: Tools): Promise<string[]> {
  try {
    const cloud = await tools.runningCloud();
    if (!cloud) return [];
    const doors = await openDoors({ ...tools, cloud: async () => cloud });
    const environments = await listEnvironments((await tools.manifest()).id, doors);
    return environments.filter(({ status }) => status !== "destroyed").map(({ envId }) => envId);
  } catch {
    return [];
  }
}
