/** Names of the emulator's collections. */
const CONTAINERS = "$CONTAINERS_COLLECTION$";
const BLOBS = "$BLOBS_COLLECTION$";
/** Blocks that were uploaded and not yet made part of a blob. */
const BLOCKS = "$BLOCKS_COLLECTION$";

/** Fields of containers and blobs that hold a moment. */
const MOMENTS = [
  "leaseExpireTime",
  "leaseBreakTime",
  "creationTime",
  "lastModified",
  "copyCompletionTime",
  "accessTierChangeTime",
  "deletedTime",
];

/**
 * Turns the moments of a database read from JSON into dates again. The emulator does not, compares text with a date
 * and so takes every lease with an end for expired after a restart.
 */
export function reviveDates(database: AzuriteDatabase): void {
  for (const document of [...documents(database, CONTAINERS), ...documents(database, BLOBS)]) {
    revive(document);
    if (isDocument(document.properties)) revive(document.properties);
  }
}

/** Ids of the extents (data files) that blobs, their snapshots and uncommitted blocks are stored in. */
export function referredExtents(database: AzuriteDatabase): Set<string> {
  const stored = [...documents(database, BLOBS), ...documents(database, BLOCKS)];
  const places = stored.flatMap((document) => [
    document,
    ...parts(document.committedBlocksInOrder),
    ...parts(document.pageRangesInOrder),
  ]);
  const chunks = places.map((place) => place.persistency).filter(isDocument);
  return new Set(chunks.map((chunk) => String(chunk.id)));
}

function documents(database: AzuriteDatabase, collection: string): AzuriteDocument[] {
  return database.getCollection(collection)?.find() ?? [];
}

function parts(value: unknown): AzuriteDocument[] {
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

function revive(document: AzuriteDocument): void {
  for (const key of MOMENTS) {
    const value = document[key];
    if (typeof value === "string") document[key] = new Date(value);
  }
}

function isDocument(value: unknown): value is AzuriteDocument {
  return typeof value === "object" && value !== null;
}
