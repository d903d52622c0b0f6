import { EXIT, PaasError } from "../errors.js";
import { type Account, type BlobRef, bounded } from "./container.js";
import { answered, attempt, isAbsent } from "./failure.js";
import { breakLease } from "./lease.js";
import { lowerCased } from "./summary.js";

/** What Terraform writes of a lock that it holds. */
export type TerraformLock = {
  ID: string;
  Operation: string;
  /** `user@host` */
  Who: string;
  Version: string;
  /** RFC 3339. */
  Created: string;
  Path: string;
  Info: string;
};

/** Terraform's states of a state account. */
export type StateBlobs = {
  exists(ref: BlobRef): Promise<boolean>;
  /** The state's JSON; null when there is none. Needs no lock and takes none. */
  download(ref: BlobRef): Promise<Buffer | null>;
  upload(ref: BlobRef, content: Buffer): Promise<void>;
  /**
   * Removes a state with its snapshots; false when there was none.
   * @throws PaasError `state-locked` (exit 6) when Terraform holds it and its lease may not be broken
   */
  delete(ref: BlobRef, options?: { breakLease?: boolean }): Promise<boolean>;
  /** Terraform's lock; null when it is free. `info` is null when its holder died before it said who it is. */
  lock(ref: BlobRef): Promise<{ info: TerraformLock | null } | null>;
  /**
   * Ends Terraform's lock; false when it is not there (any more).
   * @param id of the lock that is meant: a newer one stays. null = whichever there is
   */
  breakLock(ref: BlobRef, id: string | null): Promise<boolean>;
};

export function openBlobs(account: Account): StateBlobs {
  return {
    exists: (ref) => attempt(`look for ${words(ref)}`, () => account.blob(ref).exists({ abortSignal: bounded() })),
    download: (ref) => attempt(`read ${words(ref)}`, () => orNull(() => download(account, ref))),
    upload: (ref, content) =>
      attempt(`write ${words(ref)}`, async () => {
        const blobHTTPHeaders = { blobContentType: "application/json" };
        await account.blob(ref).upload(content, content.length, { blobHTTPHeaders, abortSignal: bounded() });
      }),
    delete: (ref, options = {}) =>
      attempt(`delete ${words(ref)}`, async () => {
        if (options.breakLease) await breakLease(account, ref);
        return (await orNull(() => remove(account, ref))) ?? false;
      }),
    lock: (ref) => attempt(`look at the lock of ${words(ref)}`, () => orNull(() => lockOf(account, ref))),
    breakLock: (ref, id) =>
      attempt(`break the lock of ${words(ref)}`, () =>
        id === null ? breakLease(account, ref) : endLease(account, ref, id),
      ),
  };
}

function words({ container, key }: BlobRef): string {
  return `the state ${container}/${key}`;
}

function download(account: Account, ref: BlobRef): Promise<Buffer> {
  return account.blob(ref).downloadToBuffer(0, undefined, { abortSignal: bounded() });
}

async function remove(account: Account, ref: BlobRef): Promise<boolean> {
  try {
    await account.blob(ref).delete({ deleteSnapshots: "include", abortSignal: bounded() });
    return true;
  } catch (error) {
    if (!answered(error, "LeaseIdMissing")) throw error;
    const lock = await lockOf(account, ref);
    throw new PaasError("state-locked", `${words(ref)} is locked by Terraform`, {
      details: [
        lock?.info
          ? `held by ${lock.info.Who} since ${lock.info.Created} (lock id ${lock.info.ID})`
          : "its holder is not known",
      ],
      next: "wait for that run, or `paas unlock` the environment once it has ended",
      exit: EXIT.locked,
      cause: error,
    });
  }
}

async function lockOf(account: Account, ref: BlobRef): Promise<{ info: TerraformLock | null } | null> {
  const { leaseState, metadata = {} } = await account.blob(ref).getProperties({ abortSignal: bounded() });
  // Metadata that a broken lease left behind means nothing.
  if (leaseState !== "leased" && leaseState !== "breaking") return null;
  const text = lowerCased(metadata).terraformlockid;
  return { info: text ? (JSON.parse(Buffer.from(text, "base64").toString("utf8")) as TerraformLock) : null };
}

/** The id of a lock is that of its lease, so this ends no other. */
async function endLease(account: Account, ref: BlobRef, id: string): Promise<boolean> {
  try {
    await account.blob(ref).getBlobLeaseClient(id).releaseLease({ abortSignal: bounded() });
    return true;
  } catch (error) {
    if (isAbsent(error) || answered(error, "LeaseIdMismatchWithLeaseOperation", "LeaseNotPresentWithLeaseOperation"))
      return false;
    throw error;
  }
}

async function orNull<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isAbsent(error) || answered(error, "ContainerNotFound")) return null;
    throw error;
  }
}
