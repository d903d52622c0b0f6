import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { BlobLeaseClient, BlockBlobClient } from "@azure/storage-blob";
import { EXIT, PaasError } from "../errors.js";
import { bounded } from "./container.js";
import { answered, attempt, isAbsent } from "./failure.js";
import type { LeaseTiming } from "./lease.js";
import { environmentLocked, holderWords } from "./lock.js";
import { createEmpty } from "./record-blob.js";
import { type Holder, parseHolder } from "./summary.js";

export type HoldOptions = {
  /** Milliseconds to wait for another holder; 0 unless told. */
  lockTimeout?: number;
  signal?: AbortSignal;
  /** Told whom the run waits for. */
  tell?: (detail: string) => void;
};

/** A lease that began at `since` (milliseconds since 1970) or a little later. */
export type Acquired = { lease: BlobLeaseClient; since: number };

/** Takes the lease, waiting as long as it may; one that its dead holder let expire is simply taken. */
export async function acquire(
  blob: BlockBlobClient,
  envId: string,
  { lockTimeout = 0, signal, tell }: HoldOptions,
  timing: LeaseTiming,
): Promise<Acquired> {
  const started = Date.now();
  // The id is proposed, so that a repeated request finds the lease its own.
  const lease = blob.getBlobLeaseClient(randomUUID());
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 2000)) {
    const since = Date.now();
    const taken = await attempt(`lock environment ${envId}`, () => tryAcquire(blob, lease, timing, bounded(signal)));
    if (taken) return { lease, since };
    const holder = await currentHolder(blob, bounded(signal));
    const left = started + lockTimeout - Date.now();
    if (left <= 0) throw environmentLocked(envId, holder, lockTimeout, new Date());
    tell?.(`waiting for ${holderWords(holder, new Date())}`);
    await sleep(Math.min(pause, left), undefined, { ...(signal ? { signal } : {}) }).catch((cause) => {
      throw new PaasError("aborted", `stopped while waiting for the lock of ${envId}`, {
        exit: EXIT.interrupted,
        cause,
      });
    });
  }
}

async function tryAcquire(
  blob: BlockBlobClient,
  lease: BlobLeaseClient,
  timing: LeaseTiming,
  abortSignal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    try {
      await lease.acquireLease(timing.length / 1000, { abortSignal });
      return true;
    } catch (error) {
      if (answered(error, "LeaseAlreadyPresent", "LeaseIsBreakingAndCannotBeAcquired")) return false;
      if (!isAbsent(error)) throw error;
      await createEmpty(blob, abortSignal);
    }
  }
}

async function currentHolder(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<Holder | null> {
  const { metadata = {} } = await blob.getProperties({ abortSignal }).catch(() => ({ metadata: {} }));
  return parseHolder(metadata);
}
