import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../cloud.js";
import { EXIT, PaasError } from "../errors.js";
import { secretName, variableName } from "../naming/secret.js";
import { type HttpAnswer, type HttpCall, openHttp } from "./client.js";
import { azureFailure, isAbsent, orNull } from "./failure.js";

/** One secret of a vault, without its value. */
export type Kept = {
  /** As the manifest writes it. */
  name: string;
  /** Changes whenever the value does. */
  version: string;
  /** Version of the tier's value that this one is a copy of; null when it was set for the environment itself. */
  copyOf: string | null;
};

/** The data plane of one vault. */
export type VaultSecrets = {
  list(): Promise<Kept[]>;
  /** Whether it lets in whoever asks, at once: a right that is seconds old may not be known yet. */
  readable(): Promise<boolean>;
  /** The value, on its way into another vault; null when there is none. */
  value(name: string): Promise<string | null>;
  set(name: string, value: string, copyOf?: string): Promise<void>;
  remove(name: string): Promise<boolean>;
};

const VERSION = "2025-07-01";
const SCOPE = "https://vault.azure.net/.default";
const VERSION_TAG = "paas-version";
const COPY_TAG = "paas-copy-of";

/** Milliseconds that a new vault's access policy and name, or a deletion, may take to be known everywhere. */
const LIMIT = 45_000;
const PACE = 1500;

export type VaultOptions = Pick<Endpoint, "credential" | "options"> & {
  /** Milliseconds between two tries and until the last one; for tests. */
  pace?: number;
  limit?: number;
};

type Item = { id: string; attributes?: { updated?: number; enabled?: boolean }; tags?: Record<string, string> };

/** @param name of the vault */
export function openVaultSecrets(
  vault: string,
  { credential, options, pace = PACE, limit = LIMIT }: VaultOptions,
): VaultSecrets {
  const base = `https://${vault.toLowerCase()}.vault.azure.net`;
  const http = openHttp({ credential, scope: SCOPE }, options);
  const at = (path: string) => `${base}${path}?api-version=${VERSION}`;
  const call = (request: HttpCall): Promise<HttpAnswer> => patiently(() => http(request), isUnsettled, { pace, limit });

  const purge = async (name: string) => {
    const url = at(`/deletedsecrets/${secretName(name)}`);
    const isUnderWay = (error: unknown) => isAbsent(error) || statusOf(error) === 409;
    // Deleting goes on behind the answer; only what is deleted can be purged. Without the right to, the name recovers.
    await patiently(() => http({ method: "DELETE", url }), isUnderWay, { pace, limit });
  };
  const put = (name: string, body: object) => call({ method: "PUT", url: at(`/secrets/${secretName(name)}`), body });

  return {
    readable: async () => {
      try {
        await http({ method: "GET", url: at("/secrets") });
        return true;
      } catch (error) {
        if (isUnsettled(error)) return false;
        throw azureFailure(`list the secrets of ${vault}`, error);
      }
    },
    list: async () => {
      const kept: Kept[] = [];
      for (let url: string | undefined = at("/secrets"); url; ) {
        const answer: HttpAnswer | null = await orNull(`list the secrets of ${vault}`, call({ method: "GET", url }));
        const page = (answer?.body ?? { value: [] }) as { value: Item[]; nextLink?: string | null };
        kept.push(...page.value.flatMap(keptOf));
        url = page.nextLink ?? undefined;
      }
      return kept;
    },
    value: async (name) => {
      const url = at(`/secrets/${secretName(name)}`);
      const answer = await orNull(`read the secret ${name} of ${vault}`, call({ method: "GET", url }));
      return (answer?.body as { value: string } | undefined)?.value ?? null;
    },
    set: async (name, value, copyOf) => {
      const version = randomBytes(8).toString("hex");
      const tags = { [VERSION_TAG]: version, ...(copyOf === undefined ? {} : { [COPY_TAG]: copyOf }) };
      const trying = `set the secret ${name} in ${vault}`;
      try {
        await put(name, { value, tags }).catch(async (error: unknown) => {
          if (statusOf(error) !== 409) throw error;
          // One of this name was deleted and still holds it.
          await purge(name);
          return put(name, { value, tags });
        });
      } catch (error) {
        throw withoutBody(trying, error);
      }
    },
    remove: async (name) => {
      const url = at(`/secrets/${secretName(name)}`);
      const trying = `remove the secret ${name} from ${vault}`;
      if ((await orNull(trying, call({ method: "DELETE", url }))) === null) return false;
      await purge(name).catch((error: unknown) => {
        if (statusOf(error) !== 403) throw azureFailure(trying, error);
      });
      return true;
    },
  };
}

function keptOf({ id, attributes = {}, tags = {} }: Item): Kept[] {
  const name = variableName(new URL(id).pathname.split("/")[2] ?? "");
  if (name === null || attributes.enabled === false) return [];
  const version = tags[VERSION_TAG] ?? String(attributes.updated ?? 0);
  return [{ name, version, copyOf: tags[COPY_TAG] ?? null }];
}

/** A vault that is a few seconds old: its name, or the right to its values, is not known everywhere yet. */
function isUnsettled(error: unknown): boolean {
  const { code } = error as { code?: string };
  return statusOf(error) === 403 || code === "ENOTFOUND" || code === "EAI_AGAIN";
}

async function patiently<T>(
  work: () => Promise<T>,
  again: (error: unknown) => boolean,
  { pace, limit }: { pace: number; limit: number },
): Promise<T> {
  for (const end = Date.now() + limit; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!again(error) || Date.now() + pace > end) throw error;
    }
    await sleep(pace);
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** The request of a failed call holds the value: it goes no further than here. */
function withoutBody(trying: string, error: unknown): PaasError {
  const { message, details, code, exit, next } = azureFailure(trying, error);
  const denied = exit === EXIT.signIn;
  const policy = "the vault's access policy names who made it and the project's identities: ask one of those";
  return new PaasError(code, message, { details, exit, ...(denied ? { next: policy } : next ? { next } : {}) });
}
