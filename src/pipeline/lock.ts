import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import type { HeldRecord, Purpose } from "../state/records.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

/**
 * Does `work` inside an environment's lock. It gets doors whose signal is aborted when the lock is lost.
 * @param lockTimeout milliseconds to wait for another run
 * @throws PaasError `environment-locked`, `lock-lost` (exit 6)
 */
export async function inLock<T>(
  environment: Pick<Environment, "envId" | "record">,
  purpose: Purpose,
  lockTimeout: number,
  doors: Doors,
  steps: Steps,
  work: (held: HeldRecord, doors: Doors) => Promise<T>,
): Promise<T> {
  const held = await steps.run("lock", async (tell) => {
    await doors.state.ensureContainer(environment.record.container);
    const value = await doors.state.records.hold(environment.record, purpose, {
      lockTimeout,
      signal: doors.signal,
      tell,
    });
    return { value, detail: environment.envId };
  });
  const running: Doors = { ...doors, signal: AbortSignal.any([doors.signal, held.lost]) };
  try {
    return await work(held, running);
  } catch (error) {
    if (held.lost.aborted) throw lostLock(environment, error);
    throw error;
  } finally {
    await held.release();
  }
}

function lostLock(environment: Pick<Environment, "envId">, cause: unknown): PaasError {
  return new PaasError("lock-lost", `the lock of environment ${environment.envId} was lost while this run went on`, {
    details: ["someone broke it, or the state account did not answer for a minute", "the run was stopped in order"],
    next: `\`paas status ${environment.envId}\`, then run again`,
    exit: EXIT.locked,
    cause,
  });
}
