import type { Endpoint } from "../cloud.js";
import { openBlobs, type StateBlobs } from "./blobs.js";
import { bounded, openAccount } from "./container.js";
import { attempt } from "./failure.js";
import { LEASE, type LeaseTiming } from "./lease.js";
import { openRecords, type Records } from "./records.js";

/** Everything that a project keeps in its state account. */
export type State = {
  records: Records;
  blobs: StateBlobs;
  /** Makes a tier's container where it is missing. */
  ensureContainer(name: string): Promise<void>;
};

/** Opens the state account of a cloud; nothing is asked of it yet. */
export function openState(endpoint: Endpoint, timing: LeaseTiming = LEASE): State {
  const account = openAccount(endpoint);
  return {
    records: openRecords(account, timing),
    blobs: openBlobs(account),
    ensureContainer: (name) =>
      attempt(`make the container ${name}`, async () => {
        await account.container(name).createIfNotExists({ abortSignal: bounded() });
      }),
  };
}
