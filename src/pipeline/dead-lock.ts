import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, PaasError } from "../errors.js";
import type { TerraformLock } from "../state/blobs.js";
import type { BlobRef } from "../state/container.js";
import { processesIn, terraformByHand } from "../terraform/processes.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

/**
 * Tells whether nobody can be behind a lock of Terraform's any more. It names its holder `user@host` without a process,
 * so the holder counts as dead only when it was of this machine and no process of this machine works on the environment.
 * Whoever asks must hold the environment's own lock, or know that nobody does.
 * @param envId null: of the platform, which is made in the work folder of any environment
 */
export function isDead(info: TerraformLock | null, envId: string | null, { cloud, home }: Doors): boolean {
  if (!info?.Who.endsWith(`@${hostname()}`)) return false;
  const work = [".paas", "work", cloud.name, ...(envId === null ? [] : [envId])].join("/");
  return processesIn(work)?.length === 0 && terraformByHand(home)?.length === 0;
}

/** Gives back what a killed Terraform has left locked, so that a run that was killed is simply repeated. */
export async function clearDeadLock(
  envId: string | null,
  state: BlobRef,
  doors: Doors,
  { warn }: Pick<Steps, "warn">,
): Promise<void> {
  const lock = await settledLock(state, doors);
  if (!lock || (lock.info && !isDead(lock.info, envId, doors))) return;
  await doors.state.blobs.breakLock(state, lock.info?.ID ?? null);
  const whose = lock.info ? `${lock.info.Who}, ${lock.info.Created}` : "before it could say who it was";
  warn(`Terraform was killed here before (${whose}): its lock on the state is given back`);
}

/** Milliseconds within which whoever takes the lock has said who it is: it is Terraform's very next request. */
const SIGNED = 3000;

/** A lock that nobody signs is that of a dead one; whoever is only slow fails at its next request and writes nothing. */
async function settledLock(state: BlobRef, { state: { blobs }, signal }: Doors) {
  for (const end = Date.now() + SIGNED; ; ) {
    const lock = await blobs.lock(state);
    if (!lock || lock.info || Date.now() > end) return lock;
    await sleep(250, undefined, { signal }).catch(() => {
      throw new PaasError("aborted", "stopped while looking whose the lock on the state is", {
        exit: EXIT.interrupted,
      });
    });
  }
}
