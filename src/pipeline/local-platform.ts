import path from "node:path";
import type { Tools } from "../tools.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import { ensurePlatform } from "./platform.js";
import { workplaceAt } from "./workplace.js";

/** The platform for branch environments, from `infra/` of the working tree: what `paas local start` has ready. */
export async function ensureWorkingTreePlatform(
  tools: Pick<Tools, "manifest">,
  doors: Doors,
  steps: Steps,
): Promise<void> {
  const workplace = { ...workplaceAt(doors.work("platform")), infra: path.join(doors.git.root, "infra") };
  await ensurePlatform(await tools.manifest(), "nonprod", workplace, doors, steps);
}
