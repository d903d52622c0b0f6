import type { Run } from "../github/run.js";
import { type DestroyOutcome, destroy, type Objection } from "../pipeline/destroy.js";
import type { Doors } from "../pipeline/doors.js";
import { both, stepsOf } from "../pipeline/events.js";
import type { Target } from "../pipeline/target.js";
import type { Tools } from "../tools.js";

export type Removal = { lockTimeout: number; objection?: Objection };

/** Destroys an environment before everybody's eyes: progress here, and a report where the command runs. */
export async function removeEnvironment(
  target: Target,
  run: Run,
  { lockTimeout, objection }: Removal,
  doors: Doors,
  tools: Tools,
): Promise<DestroyOutcome> {
  const reporter = await tools.reporter();
  return reporter.report(
    run,
    (watch) =>
      tools.ui.progress((emit) => {
        const steps = stepsOf(both(emit, watch), () => performance.now());
        return destroy(target, lockTimeout, doors, steps, objection);
      }),
    ({ spared }) => (spared === null ? { url: null, resourceGroup: target.group?.name ?? null, changes: null } : null),
  );
}
