import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import {
  BlobMetadataStore,
  ExtentMetadataStore,
  ExtentStore,
  logger,
  RequestListenerFactory,
} from "./storage-azurite.js";
import { referredExtents, reviveDates } from "./storage-database.js";
import { StorageSaver } from "./storage-saver.js";
import { makeSecret, mintToken } from "./token.js";

export type Storage = {
  /** Handles one request for the blob service; who may ask has been decided before. */
  listener(request: IncomingMessage, response: ServerResponse): void;
  /** Saves and closes everything; requests that are still open must have ended before. */
  close(): Promise<void>;
};

/** Azurite's name for signing in with any well-formed token. */
const BASIC = 0;

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Opens the blob service of one storage account, kept in `folder`: Azurite's own request handling and storage, embedded
 * without a port of its own. A change is on disk before it is acknowledged, so that whatever was answered survives a kill.
 */
export async function openStorage({ folder, account }: { folder: string; account: string }): Promise<Storage> {
  const extentFolder = path.join(folder, "extents");
  mkdirSync(extentFolder, { recursive: true, mode: 0o700 });
  const files = { blobs: path.join(folder, "blobs.json"), extents: path.join(folder, "extents.json") };
  const blobs = new BlobMetadataStore(files.blobs, false);
  const extents = new ExtentMetadataStore(files.extents, false);
  const destination = { locationId: "local", locationPath: extentFolder, maxConcurrency: 4 };
  const data = new ExtentStore(extents, [destination], logger);
  await blobs.init();
  await extents.init();
  await data.init();
  for (const store of [blobs, extents]) store.db.autosaveDisable();
  reviveDates(blobs.db);
  await sweep(extentFolder, referredExtents(blobs.db), extents);

  const saver = new StorageSaver([
    { file: files.extents, serialize: () => extents.db.serialize() },
    { file: files.blobs, serialize: () => blobs.db.serialize() },
  ]);
  await saver.save();
  const keys = { name: account, key1: randomBytes(64), key2: undefined };
  const accounts = { getAccount: (name: string) => (name === account ? keys : undefined) };
  const azurite = new RequestListenerFactory(blobs, data, accounts, false, undefined, false, true, BASIC, false);
  const handle = azurite.createRequestListener();
  const secret = makeSecret();

  return {
    listener(request, response) {
      // Azurite looks at a token's form only, and wants its own audience in it.
      const token = mintToken(secret, { audience: "https://storage.azure.com", lifetime: 60 });
      request.headers.authorization = `Bearer ${token}`;
      if (!READING.has(request.method ?? "")) answerAfter(response, () => saver.save());
      handle(request, response);
    },
    async close() {
      await saver.save();
      await data.close();
      await blobs.close();
    },
  };
}

/** Holds the whole answer back until `saved` is done; a change that could not be saved is never acknowledged. */
function answerAfter(response: ServerResponse, saved: () => Promise<void>): void {
  const held: Buffer[] = [];
  const end = response.end.bind(response);
  const keep = (chunk: unknown): void => {
    if (typeof chunk === "string") held.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) held.push(Buffer.from(chunk));
  };
  const finish = async (): Promise<void> => {
    if (response.statusCode < 400) await saved();
    end(Buffer.concat(held));
  };
  response.write = ((chunk: unknown) => {
    keep(chunk);
    return true;
  }) as ServerResponse["write"];
  response.end = ((chunk?: unknown) => {
    keep(chunk);
    finish().catch((error) => response.destroy(error));
    return response;
  }) as ServerResponse["end"];
}

/** Removes what overwritten and deleted blobs left behind. Done at opening, when disk and memory say the same. */
async function sweep(
  folder: string,
  referred: Set<string>,
  extents: { deleteExtent(id: string): Promise<void> },
): Promise<void> {
  for (const id of readdirSync(folder)) {
    if (referred.has(id)) continue;
    rmSync(path.join(folder, id));
    await extents.deleteExtent(id);
  }
}
