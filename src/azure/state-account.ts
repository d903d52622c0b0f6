import { PaasError } from "../errors.js";
import type { Arm } from "./arm.js";
import { azureFailure, orNull } from "./failure.js";
import { codeOf } from "./patience.js";

const VERSION = "2024-01-01";
const LOCKS = "2020-05-01";

/** What the account must be like; Azure's defaults are laxer. */
const SETTINGS = {
  allowSharedKeyAccess: false,
  defaultToOAuthAuthentication: true,
  allowBlobPublicAccess: false,
  supportsHttpsTrafficOnly: true,
  minimumTlsVersion: "TLS1_2",
};

type Tags = Record<string, string>;
type Kept = { enabled?: boolean; days?: number };
type BlobService = {
  properties: { isVersioningEnabled?: boolean; deleteRetentionPolicy?: Kept; containerDeleteRetentionPolicy?: Kept };
};
type Rule = { enabled: boolean; name: string; type: "Lifecycle"; definition: unknown };

/** The storage account of a project's states, by its ARM id; all through Resource Manager, nothing by key. */
export type StateAccount = {
  /** Whether it is there as it must be. @throws PaasError `foreign-account` when it is not the project's */
  matches(id: string, tags: Tags): Promise<boolean>;
  /** @throws PaasError `state-account-taken` */
  put(id: string, settings: { location: string; tags: Tags }, signal: AbortSignal): Promise<void>;
  isProtected(id: string, days: number): Promise<boolean>;
  /** Versions of blobs; blobs and containers come back for so many days after their deletion. */
  protect(id: string, days: number): Promise<void>;
  expires(id: string, days: number): Promise<boolean>;
  /** Deletes versions that old; states themselves stay. */
  expire(id: string, days: number): Promise<void>;
  isLocked(id: string, name: string): Promise<boolean>;
  lock(id: string, name: string, notes: string): Promise<void>;
  unlock(id: string, name: string): Promise<void>;
  hasContainer(id: string): Promise<boolean>;
  putContainer(id: string): Promise<void>;
};

export function openStateAccount(arm: Arm): StateAccount {
  const service = (id: string) => `${id}/blobServices/default`;
  const policy = (id: string) => `${id}/managementPolicies/default`;
  const lock = (id: string, name: string) => `${id}/providers/Microsoft.Authorization/locks/${name}`;
  const put = (trying: string, path: string, body: unknown, version = VERSION, signal?: AbortSignal) =>
    worded(trying, () => arm.run({ method: "PUT", path, version, body, ...(signal ? { signal } : {}) }));
  return {
    matches: async (id, tags) => {
      type Found = { tags?: Tags; properties: Record<string, unknown> };
      const found = await orNull(`look for the state account ${nameOf(id)}`, arm.get<Found>(id, VERSION));
      if (!found) return false;
      if (Object.entries(tags).some(([name, value]) => found.tags?.[name] !== value)) throw foreign(id);
      return Object.entries(SETTINGS).every(([name, value]) => found.properties[name] === value);
    },
    put: async (id, { location, tags }, signal) => {
      const made = { kind: "StorageV2", sku: { name: "Standard_LRS" }, location, tags, properties: SETTINGS };
      try {
        // One that is there keeps what is not ours to say: its redundancy, its firewall.
        const there = (await orNull(`look for the state account ${nameOf(id)}`, arm.get(id, VERSION))) !== null;
        const call = there
          ? { method: "PATCH" as const, body: { properties: SETTINGS } }
          : { method: "PUT" as const, body: made };
        await arm.run({ ...call, path: id, version: VERSION, signal });
      } catch (error) {
        throw isTaken(error) ? taken(id, error) : azureFailure(`make the state account ${nameOf(id)}`, error);
      }
    },
    isProtected: async (id, days) => {
      const found = await orNull("read how blobs are kept", arm.get<BlobService>(service(id), VERSION));
      const { isVersioningEnabled, deleteRetentionPolicy, containerDeleteRetentionPolicy } = found?.properties ?? {};
      return (
        isVersioningEnabled === true &&
        [deleteRetentionPolicy, containerDeleteRetentionPolicy].every(
          (kept) => kept?.enabled === true && (kept.days ?? 0) >= days,
        )
      );
    },
    protect: (id, days) => {
      const kept = { enabled: true, days };
      const properties = {
        isVersioningEnabled: true,
        deleteRetentionPolicy: kept,
        containerDeleteRetentionPolicy: kept,
      };
      return put("keep versions of states", service(id), { properties });
    },
    expires: async (id, days) => {
      type Found = { properties: { policy: { rules: Rule[] } } };
      const found = await orNull("read when versions go", arm.get<Found>(policy(id), VERSION));
      const wanted = ruleFor(days);
      return (found?.properties.policy.rules ?? []).some(
        ({ name, enabled, definition }) => name === wanted.name && enabled && hasDays(definition, days),
      );
    },
    expire: (id, days) =>
      put("let old versions go", policy(id), { properties: { policy: { rules: [ruleFor(days)] } } }),
    isLocked: async (id, name) =>
      (await orNull("look for the lock of the state account", arm.get(lock(id, name), LOCKS))) !== null,
    lock: (id, name, notes) =>
      put("lock the state account", lock(id, name), { properties: { level: "CanNotDelete", notes } }, LOCKS),
    unlock: async (id, name) => {
      const call = arm.run({ method: "DELETE", path: lock(id, name), version: LOCKS });
      await orNull("remove the lock of the state account", call);
    },
    hasContainer: async (id) => (await orNull(`look for the container ${nameOf(id)}`, arm.get(id, VERSION))) !== null,
    putContainer: (id) => put(`make the container ${nameOf(id)}`, id, { properties: { publicAccess: "None" } }),
  };
}

/** Versions alone: a rule for blobs themselves would delete the states of environments that are left alone. */
function ruleFor(days: number): Rule {
  const version = { delete: { daysAfterCreationGreaterThan: days } };
  const definition = { actions: { version }, filters: { blobTypes: ["blockBlob"] } };
  return { enabled: true, name: "paas-old-versions", type: "Lifecycle", definition };
}

function hasDays(definition: unknown, days: number): boolean {
  const { actions } = definition as { actions?: { version?: { delete?: { daysAfterCreationGreaterThan?: number } } } };
  return actions?.version?.delete?.daysAfterCreationGreaterThan === days;
}

async function worded(trying: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw azureFailure(trying, error);
  }
}

function isTaken(error: unknown): boolean {
  return ["StorageAccountAlreadyTaken", "StorageAccountInAnotherResourceGroup"].includes(codeOf(error) ?? "");
}

function taken(id: string, cause: unknown): PaasError {
  return new PaasError("state-account-taken", `the name ${nameOf(id)} of the state account is taken`, {
    details: ["names of storage accounts are unique in all of Azure"],
    next: "`paas bootstrap --state-account <name>` with another one; it is noted as platform.stateAccount in paas.yaml",
    cause,
  });
}

function foreign(id: string): PaasError {
  return new PaasError("foreign-account", `the storage account ${nameOf(id)} does not carry this project's tags`, {
    details: [id],
    next: "nothing was changed; name another one with `paas bootstrap --state-account <name>`",
    exit: 5,
  });
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
