import { BlobServiceClient, type BlockBlobClient, type ContainerClient } from "@azure/storage-blob";
import type { Endpoint } from "../cloud.js";
import { deadline } from "../deadline.js";

/** A blob of the state account. */
export type BlobRef = { container: string; key: string };

/** Longest that one call may take with its repetitions, in milliseconds. */
const LIMIT = 60_000;

/** Repetitions of a call that got no answer. */
const RETRIES = { maxTries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 5000 };

/** The blob service of a state account. */
export type Account = { container(name: string): ContainerClient; blob(ref: BlobRef): BlockBlobClient };

export function openAccount({ url, credential, options }: Endpoint): Account {
  const service = new BlobServiceClient(url, credential, { retryOptions: RETRIES, ...options });
  return {
    container: (name) => service.getContainerClient(name),
    blob: ({ container, key }) => service.getContainerClient(container).getBlockBlobClient(key),
  };
}

/** A signal that ends a call after a minute at the latest. */
export function bounded(signal?: AbortSignal, limit = LIMIT): AbortSignal {
  return deadline(limit, ...(signal ? [signal] : []));
}
