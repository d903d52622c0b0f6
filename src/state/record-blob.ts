import type { BlockBlobClient } from "@azure/storage-blob";
import { bounded } from "./container.js";
import { answered, isAbsent } from "./failure.js";
import { lockLost } from "./lease.js";
import type { Metadata } from "./summary.js";

export type Found = { text: string; etag: string | undefined; metadata: Metadata };

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

/** Makes an empty blob to lease; that another run does so at the same moment is as good. */
export async function createEmpty(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<void> {
  try {
    await blob.upload("", 0, { conditions: { ifNoneMatch: "*" }, abortSignal });
  } catch (error) {
    if (!answered(error, "BlobAlreadyExists", "ConditionNotMet", "LeaseIdMissing")) throw error;
  }
}

export type Overwriting = {
  text: string;
  metadata: Metadata;
  leaseId: string;
  /** Version that was read last. */
  etag: string | undefined;
  envId: string;
};

/**
 * Uploads over exactly the version that was read last, under the lease.
 * @returns the new version's tag
 * @throws PaasError `lock-lost` when the lease or the version is another one: without the lease nobody could change it
 */
export async function overwrite(
  blob: BlockBlobClient,
  { text, metadata, leaseId, etag, envId }: Overwriting,
): Promise<string | undefined> {
  const conditions = { leaseId, ...(etag === undefined ? {} : { ifMatch: etag }) };
  const blobHTTPHeaders = { blobContentType: "application/json" };
  try {
    const options = { conditions, metadata, blobHTTPHeaders, abortSignal: bounded() };
    return (await blob.upload(text, Buffer.byteLength(text), options)).etag;
  } catch (error) {
    const taken = lockLost(`environment ${envId}`, "another run has taken it over");
    if (answered(error, "LeaseIdMismatchWithBlobOperation", "LeaseLost", "LeaseNotPresentWithBlobOperation"))
      throw taken;
    if (!answered(error, "ConditionNotMet")) throw error;
    // An upload that was repeated because its answer got lost finds its own work.
    const found = await readBlob(blob, bounded());
    if (found?.text !== text) throw taken;
    return found.etag;
  }
}
