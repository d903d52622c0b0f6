import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { BlobLeaseClient, BlockBlobClient } from "@azure/storage-blob";
import { EXIT, PaasError } from "../errors.js";
import type { BlobRef } from "./container.js";
import { bounded } from "./container.js";
import { answered, attempt, isAbsent } from "./failure.js";
import { type KeptLease, keepLease, type LeaseTiming, lockLost } from "./lease.js";
import { environmentLocked, environmentOf, holderWords } from "./lock.js";
import { type EnvironmentRecord, parseRecord, renderRecord } from "./record.js";
import { type Holder, type Metadata, parseHolder, renderHolder, renderSummary, withoutHolder } from "./summary.js";

/** What a run says of itself when it takes a lock; who and where is found out here. */
export type Purpose = { operation: string; commit?: string | null; run?: string | null };

export type HoldOptions = {
  /** Milliseconds to wait for another holder; 0 unless told. */
  lockTimeout?: number;
  signal?: AbortSignal;
  /** Told whom the run waits for. */
  tell?: (detail: string) => void;
};

/** An environment's record while nobody else can change it. */
export type HeldRecord = {
  /** As last read or written; null before the first write of an environment's life. */
  readonly record: EnvironmentRecord | null;
  write(next: EnvironmentRecord): Promise<void>;
  /** Gives the lock back; never fails, because it ends by itself within a minute. A second call does nothing. */
  release(): Promise<void>;
  /** Aborted when the lock may have passed to someone else. */
  lost: AbortSignal;
};

/**
 * Takes the lock on an environment's record, making the blob where there is none.
 * @throws PaasError `environment-locked` (exit 6) when another run holds it for longer than `lockTimeout`
 */
export async function holdRecord(
  blob: BlockBlobClient,
  ref: BlobRef,
  purpose: Purpose,
  options: HoldOptions,
  timing: LeaseTiming,
): Promise<HeldRecord> {
  const envId = environmentOf(ref);
  const lease = await acquire(blob, envId, options, timing);
  const kept = keepLease(lease, `environment ${envId}`, timing);
  try {
    return await open(blob, envId, holderOf(purpose), lease, kept, options.signal);
  } catch (error) {
    await kept.stop();
    await lease.releaseLease({ abortSignal: bounded(undefined, 10_000) }).catch(() => {});
    throw error;
  }
}

async function open(
  blob: BlockBlobClient,
  envId: string,
  holder: Holder,
  lease: BlobLeaseClient,
  kept: KeptLease,
  signal: AbortSignal | undefined,
): Promise<HeldRecord> {
  const trying = `read the record of ${envId}`;
  const found = await attempt(trying, () => readBlob(blob, bounded(signal)));
  const conditions = { leaseId: kept.id };
  let metadata: Metadata = { ...withoutHolder(found?.metadata ?? {}), ...renderHolder(holder) };
  const signed = await attempt(`sign the lock of ${envId}`, () =>
    blob.setMetadata(metadata, { conditions, abortSignal: bounded(signal) }),
  );
  let record = found?.text ? parseRecord(found.text, `the record of ${envId}`) : null;
  let etag = signed.etag;
  let released = false;

  const write = async (next: EnvironmentRecord): Promise<void> => {
    if (kept.lost.aborted) throw kept.lost.reason;
    if (released) throw new Error(`the record of ${envId} was written after its release`);
    metadata = { ...renderSummary(next), ...renderHolder(holder) };
    const text = renderRecord(next);
    const ifMatch = etag === undefined ? {} : { ifMatch: etag };
    etag = await attempt(`write the record of ${envId}`, () =>
      upload(blob, text, metadata, { ...conditions, ...ifMatch }, envId),
    );
    record = next;
  };
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    await kept.stop();
    await giveBack(blob, lease, record === null, withoutHolder(metadata)).catch(() => {});
  };
  let last = Promise.resolve();
  return {
    get record() {
      return record;
    },
    write: (next) => {
      const done = last.then(() => write(next));
      last = done.catch(() => {});
      return done;
    },
    release,
    lost: kept.lost,
  };
}

/** Takes the lease, waiting as long as it may; one that its dead holder let expire is simply taken. */
async function acquire(
  blob: BlockBlobClient,
  envId: string,
  { lockTimeout = 0, signal, tell }: HoldOptions,
  timing: LeaseTiming,
): Promise<BlobLeaseClient> {
  const started = Date.now();
  // The id is proposed, so that a repeated request finds the lease its own.
  const lease = blob.getBlobLeaseClient(randomUUID());
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 2000)) {
    const taken = await attempt(`lock environment ${envId}`, () => tryAcquire(blob, lease, timing, bounded(signal)));
    if (taken) return lease;
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
) {
  for (;;) {
    try {
      await lease.acquireLease(timing.length / 1000, { abortSignal });
      return true;
    } catch (error) {
      if (answered(error, "LeaseAlreadyPresent", "LeaseIsBreakingAndCannotBeAcquired")) return false;
      if (!isAbsent(error)) throw error;
      await create(blob, abortSignal);
    }
  }
}

/** Makes an empty blob to lease; that another run does so at the same moment is as good. */
async function create(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<void> {
  try {
    await blob.upload("", 0, { conditions: { ifNoneMatch: "*" }, abortSignal });
  } catch (error) {
    if (!answered(error, "BlobAlreadyExists", "ConditionNotMet", "LeaseIdMissing")) throw error;
  }
}

type Found = { text: string; etag: string | undefined; metadata: Metadata };

/** A blob with its metadata; null when it is not there. */
export async function readBlob(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<Found | null> {
  try {
    const { readableStreamBody, etag, metadata = {} } = await blob.download(0, undefined, { abortSignal });
    const chunks: Buffer[] = [];
    for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
    return { text: Buffer.concat(chunks).toString("utf8"), etag, metadata };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Uploads over exactly the version that was read last, and returns the new version's tag. */
async function upload(
  blob: BlockBlobClient,
  text: string,
  metadata: Metadata,
  conditions: { leaseId: string; ifMatch?: string },
  envId: string,
): Promise<string | undefined> {
  const blobHTTPHeaders = { blobContentType: "application/json" };
  try {
    const options = { conditions, metadata, blobHTTPHeaders, abortSignal: bounded() };
    return (await blob.upload(text, Buffer.byteLength(text), options)).etag;
  } catch (error) {
    if (answered(error, "LeaseIdMismatchWithBlobOperation", "LeaseLost", "LeaseNotPresentWithBlobOperation")) {
      throw lockLost(`environment ${envId}`, "another run has taken it over");
    }
    if (!answered(error, "ConditionNotMet")) throw error;
    // An upload that was repeated because its answer got lost finds its own work.
    const found = await readBlob(blob, bounded());
    if (found?.text === text) return found.etag;
    throw lockLost(`environment ${envId}`, "another run has taken it over and changed its record");
  }
}

/** An environment that was never written leaves nothing behind. */
async function giveBack(
  blob: BlockBlobClient,
  lease: BlobLeaseClient,
  isEmpty: boolean,
  metadata: Metadata,
): Promise<void> {
  const abortSignal = bounded(undefined, 10_000);
  const conditions = { leaseId: lease.leaseId };
  if (isEmpty) {
    await blob.delete({ conditions, abortSignal });
    return;
  }
  await blob.setMetadata(metadata, { conditions, abortSignal });
  await lease.releaseLease({ abortSignal });
}

async function currentHolder(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<Holder | null> {
  const { metadata = {} } = await blob.getProperties({ abortSignal }).catch(() => ({ metadata: {} }));
  return parseHolder(metadata);
}

function holderOf({ operation, commit = null, run = null }: Purpose): Holder {
  const since = new Date().toISOString();
  return { who: userInfo().username, host: hostname(), pid: process.pid, operation, since, run, commit };
}
