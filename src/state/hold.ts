import { hostname, userInfo } from "node:os";
import type { BlobLeaseClient, BlockBlobClient } from "@azure/storage-blob";
import { acquire, type HoldOptions } from "./acquire.js";
import { type BlobRef, bounded } from "./container.js";
import { attempt } from "./failure.js";
import { type KeptLease, keepLease, type LeaseTiming } from "./lease.js";
import { environmentOf } from "./lock.js";
import { type EnvironmentRecord, parseRecord, renderRecord } from "./record.js";
import { overwrite, readBlob } from "./record-blob.js";
import { type Holder, type Metadata, renderHolder, renderSummary, withoutHolder } from "./summary.js";

/** What a run says of itself when it takes a lock; who and where is found out here. */
export type Purpose = { operation: string; commit?: string | null; run?: string | null };

/** An environment's record while nobody else can change it. */
export type HeldRecord = {
  /** As last read or written; null before the first write of an environment's life. */
  readonly record: EnvironmentRecord | null;
  /** @throws PaasError `lock-lost` when somebody else may have the lock by now; then nothing was overwritten */
  write(next: EnvironmentRecord): Promise<void>;
  /** Gives the lock back; never fails, because it ends by itself within a minute. A second call does nothing. */
  release(): Promise<void>;
  /** Aborted, with a PaasError as its reason, when the lock may have passed to someone else. */
  readonly lost: AbortSignal;
};

/** Milliseconds that giving a lock back may take. */
const RELEASE_LIMIT = 10_000;

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
  const { lease, since } = await acquire(blob, envId, options, timing);
  const kept = keepLease(lease, `environment ${envId}`, timing, since);
  try {
    return await sign(blob, envId, holderOf(purpose), lease, kept, options.signal);
  } catch (error) {
    await kept.stop();
    await lease.releaseLease({ abortSignal: bounded(undefined, RELEASE_LIMIT) }).catch(() => {});
    throw error;
  }
}

/** Reads the record and says in its metadata who holds it. */
async function sign(
  blob: BlockBlobClient,
  envId: string,
  holder: Holder,
  lease: BlobLeaseClient,
  kept: KeptLease,
  signal: AbortSignal | undefined,
): Promise<HeldRecord> {
  const found = await attempt(`read the record of ${envId}`, () => readBlob(blob, bounded(signal)));
  const record = found?.text ? parseRecord(found.text, `the record of ${envId}`) : null;
  const summary = withoutHolder(found?.metadata ?? {});
  const { etag } = await attempt(`sign the lock of ${envId}`, () => {
    const metadata = { ...summary, ...renderHolder(holder) };
    return blob.setMetadata(metadata, { conditions: { leaseId: kept.id }, abortSignal: bounded(signal) });
  });
  return new Held(blob, envId, holder, lease, kept, { record, etag, summary });
}

type Version = { record: EnvironmentRecord | null; etag: string | undefined; summary: Metadata };

class Held implements HeldRecord {
  readonly #blob: BlockBlobClient;
  readonly #envId: string;
  readonly #holder: Holder;
  readonly #lease: BlobLeaseClient;
  readonly #kept: KeptLease;
  #version: Version;
  #lastWrite: Promise<void> = Promise.resolve();
  #released = false;

  constructor(
    blob: BlockBlobClient,
    envId: string,
    holder: Holder,
    lease: BlobLeaseClient,
    kept: KeptLease,
    version: Version,
  ) {
    this.#blob = blob;
    this.#envId = envId;
    this.#holder = holder;
    this.#lease = lease;
    this.#kept = kept;
    this.#version = version;
  }

  get record(): EnvironmentRecord | null {
    return this.#version.record;
  }

  get lost(): AbortSignal {
    return this.#kept.lost;
  }

  async write(next: EnvironmentRecord): Promise<void> {
    if (this.#released) throw new Error(`the record of ${this.#envId} was written after its release`);
    const done = this.#lastWrite.then(() => this.#write(next));
    this.#lastWrite = done.catch(() => {}); // its own caller hears of it
    await done;
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#lastWrite;
    await this.#kept.stop();
    await this.#giveBack().catch(() => {});
  }

  async #write(record: EnvironmentRecord): Promise<void> {
    if (this.lost.aborted) throw this.lost.reason;
    const summary = renderSummary(record);
    const etag = await attempt(`write the record of ${this.#envId}`, () =>
      overwrite(this.#blob, {
        text: renderRecord(record),
        metadata: { ...summary, ...renderHolder(this.#holder) },
        leaseId: this.#kept.id,
        etag: this.#version.etag,
        envId: this.#envId,
      }),
    );
    this.#version = { record, etag, summary };
  }

  /** An environment that was never written leaves nothing behind. */
  async #giveBack(): Promise<void> {
    const abortSignal = bounded(undefined, RELEASE_LIMIT);
    const conditions = { leaseId: this.#kept.id };
    if (this.record === null) {
      await this.#blob.delete({ conditions, abortSignal });
      return;
    }
    await this.#blob.setMetadata(this.#version.summary, { conditions, abortSignal });
    await this.#lease.releaseLease({ abortSignal });
  }
}

function holderOf({ operation, commit = null, run = null }: Purpose): Holder {
  const since = new Date().toISOString();
  return { who: userInfo().username, host: hostname(), pid: process.pid, operation, since, run, commit };
}
