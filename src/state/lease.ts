import { setTimeout as sleep } from "node:timers/promises";
import type { BlobLeaseClient } from "@azure/storage-blob";
import { EXIT, PaasError } from "../errors.js";
import { type Account, type BlobRef, bounded } from "./container.js";
import { answered, isAbsent } from "./failure.js";

/** How a lease is kept, all in milliseconds. */
export type LeaseTiming = {
  /** What the service is asked for; whole seconds, 15 to 60. */
  length: number;
  renewEvery: number;
  /** Pause after a renewal that got no answer. */
  retryEvery: number;
  /** Time since the last good renewal after which the lease counts as lost: before it ends for others. */
  giveUpAfter: number;
};

export const LEASE: LeaseTiming = { length: 60_000, renewEvery: 20_000, retryEvery: 2000, giveUpAfter: 55_000 };

export type KeptLease = {
  id: string;
  /** Aborted, with a PaasError as its reason, when the lease may have ended. */
  lost: AbortSignal;
  /** Stops renewing. */
  stop(): Promise<void>;
};

/**
 * Renews a lease until it is told to stop. A renewal that gets no answer is repeated until the lease is about to end; one
 * that is refused says at once that the lease is gone.
 * @param what for people: `environment alice`
 * @param since when it was asked for, in milliseconds since 1970
 */
export function keepLease(lease: BlobLeaseClient, what: string, timing: LeaseTiming, since: number): KeptLease {
  const lost = new AbortController();
  const stopped = new AbortController();
  const renew = async (): Promise<void> => {
    let good = since;
    let pause = timing.renewEvery;
    while (!stopped.signal.aborted) {
      await sleep(Math.min(pause, good + timing.giveUpAfter - Date.now()), undefined, {
        signal: stopped.signal,
        ref: false,
      });
      const started = Date.now();
      const left = good + timing.giveUpAfter - started;
      const limit = bounded(stopped.signal, Math.max(left, 0));
      const outcome = left > 0 ? await renewal(lease, limit) : "unanswered";
      if (stopped.signal.aborted) return;
      if (outcome === "refused") return lost.abort(lockLost(what, "someone broke it"));
      const ends = good + timing.giveUpAfter;
      if (outcome === "renewed") [good, pause] = [started, timing.renewEvery];
      else if (Date.now() >= ends) return lost.abort(lockLost(what, "the state account did not answer"));
      else pause = timing.retryEvery;
    }
  };
  const renewing = renew().catch((error) => {
    // Being stopped ends its sleep with an error; after any other one nobody renews the lease any more.
    if (!stopped.signal.aborted) lost.abort(lockLost(what, String(error)));
  });
  return {
    id: lease.leaseId,
    lost: lost.signal,
    stop: async () => {
      stopped.abort();
      await renewing;
    },
  };
}

async function renewal(
  lease: BlobLeaseClient,
  abortSignal: AbortSignal,
): Promise<"renewed" | "refused" | "unanswered"> {
  try {
    await lease.renewLease({ abortSignal });
    return "renewed";
  } catch (error) {
    const gone = [
      "LeaseIdMismatchWithLeaseOperation",
      "LeaseIsBrokenAndCannotBeRenewed",
      "LeaseNotPresentWithLeaseOperation",
    ];
    return answered(error, ...gone, "LeaseLost", "BlobNotFound") ? "refused" : "unanswered";
  }
}

export function lockLost(what: string, why: string): PaasError {
  return new PaasError("lock-lost", `the lock of ${what} was lost while this run went on`, {
    details: [why],
    next: "see what the environment has become with `paas status`, then run again",
    exit: EXIT.locked,
  });
}

/** Breaks whatever lease is on a blob; false when there was none. */
export async function breakLease(account: Account, ref: BlobRef): Promise<boolean> {
  try {
    await account.blob(ref).getBlobLeaseClient().breakLease(0, { abortSignal: bounded() });
    return true;
  } catch (error) {
    if (isAbsent(error) || answered(error, "LeaseNotPresentWithLeaseOperation")) return false;
    throw error;
  }
}
