import type { HoldOptions } from "./acquire.js";
import { type Account, type BlobRef, bounded } from "./container.js";
import { answered, attempt, isAbsent, stateFailure } from "./failure.js";
import { type HeldRecord, holdRecord, type Purpose } from "./hold.js";
import { breakLease, type LeaseTiming } from "./lease.js";
import { environmentOf, type RecordLock } from "./lock.js";
import { type EnvironmentRecord, parseRecord } from "./record.js";
import { readBlob } from "./record-blob.js";
import { parseHolder, parseSummary, type RecordSummary } from "./summary.js";

export type { HeldRecord, HoldOptions, Purpose };

/** The environments' records of a state account. */
export type Records = {
  /** A record with its version; null when there is none. */
  read(ref: BlobRef, signal?: AbortSignal): Promise<{ record: EnvironmentRecord; etag: string } | null>;
  /** All environments of a tier's container in pages, tombstones among them; one call per page. Empty without the container. */
  list(container: string, options?: { signal?: AbortSignal; pageSize?: number }): AsyncIterable<RecordSummary[]>;
  hold(ref: BlobRef, purpose: Purpose, options?: HoldOptions): Promise<HeldRecord>;
  lock(ref: BlobRef): Promise<RecordLock>;
  /** Ends a lock at once, whoever holds it; false when there was none. */
  breakLease(ref: BlobRef): Promise<boolean>;
};

/** Largest page that the service gives. */
const PAGE = 5000;

/** Milliseconds for all pages of a listing. */
const LISTING_LIMIT = 300_000;

export function openRecords(account: Account, timing: LeaseTiming): Records {
  return {
    read: (ref, signal) =>
      attempt(`read the record of ${environmentOf(ref)}`, async () => {
        const found = await readBlob(account.blob(ref), bounded(signal));
        if (!found?.text) return null;
        return { record: parseRecord(found.text, `the record of ${environmentOf(ref)}`), etag: found.etag ?? "" };
      }),
    list: (container, options = {}) => listSummaries(account, container, options),
    hold: (ref, purpose, options = {}) => holdRecord(account.blob(ref), ref, purpose, options, timing),
    lock: (ref) => attempt(`look at the lock of ${environmentOf(ref)}`, () => lockOf(account, ref)),
    breakLease: (ref) => attempt(`break the lock of ${environmentOf(ref)}`, () => breakLease(account, ref)),
  };
}

async function* listSummaries(
  account: Account,
  container: string,
  { signal, pageSize = PAGE }: { signal?: AbortSignal; pageSize?: number },
): AsyncGenerator<RecordSummary[]> {
  const listing = account
    .container(container)
    .listBlobsFlat({ prefix: "envs/", includeMetadata: true, abortSignal: bounded(signal, LISTING_LIMIT) });
  const pages = listing.byPage({ maxPageSize: pageSize });
  for (;;) {
    const page = await pages.next().catch((error: unknown) => {
      if (answered(error, "ContainerNotFound")) return { done: true, value: undefined } as const;
      throw stateFailure(`list the environments in ${container}`, error);
    });
    if (page.done) return;
    const blobs = page.value.segment.blobItems;
    yield blobs
      .map(({ metadata = {}, properties: { leaseState, lastModified } }) =>
        parseSummary(metadata, leaseState === "leased", lastModified?.toISOString() ?? null),
      )
      .filter((summary) => summary !== null);
  }
}

async function lockOf(account: Account, ref: BlobRef): Promise<RecordLock> {
  try {
    const { leaseState, metadata = {} } = await account.blob(ref).getProperties({ abortSignal: bounded() });
    const held = leaseState === "leased" || leaseState === "breaking";
    if (!held && leaseState !== "expired") return { state: "free", holder: null };
    return { state: held ? "held" : "expired", holder: parseHolder(metadata) };
  } catch (error) {
    if (isAbsent(error)) return { state: "free", holder: null };
    throw error;
  }
}
