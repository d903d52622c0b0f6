import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../cloud.js";
import { PaasError } from "../errors.js";
import { type HttpAnswer, type HttpCall, openHttp } from "./client.js";

/** Calls of Resource Manager that are too few for an SDK of their own. */
export type Arm = {
  /** @param path ARM id and what follows, from its first slash */
  get<T>(path: string, version: string): Promise<T>;
  /** Every item of a list, in pages. */
  list<T>(path: string, version: string): AsyncIterable<T>;
  /** Waits until what was asked for is done, however Azure says that it goes on after the answer. */
  run(call: {
    method: "PUT" | "POST" | "PATCH" | "DELETE";
    path: string;
    version: string;
    body?: unknown;
    signal?: AbortSignal;
  }): Promise<unknown>;
};

/** Milliseconds between two questions whether an operation has ended, where Azure does not say: few at first. */
const PACE = { first: 200, growth: 1.5, longest: 5000 };

/** Longest that an operation is waited for, in milliseconds. */
const LIMIT = 30 * 60_000;

export function openArm({ url: base, credential, options }: Endpoint): Arm {
  const scope = "https://management.azure.com/.default";
  const http = openHttp({ credential, scope }, options);
  const at = (path: string, version: string) => `${base}${path}${path.includes("?") ? "&" : "?"}api-version=${version}`;
  return {
    get: async <T>(path: string, version: string) => (await http({ method: "GET", url: at(path, version) })).body as T,
    list: async function* <T>(path: string, version: string) {
      const followed = new Set<string>();
      for (let url: string | undefined = at(path, version); url && !followed.has(url); ) {
        followed.add(url);
        const { body }: HttpAnswer = await http({ method: "GET", url });
        const page = (body ?? {}) as { value?: T[] | null; nextLink?: string | null };
        yield* page.value ?? [];
        url = page.nextLink ?? undefined;
      }
    },
    run: async ({ method, path, version, body, signal }) => {
      const call: HttpCall = { method, url: at(path, version), ...(signal ? { signal } : {}) };
      const first = await http(body === undefined ? call : { ...call, body });
      return settled(first, call, http);
    },
  };
}

/** An operation is told by `Azure-AsyncOperation`, which has a status, or by `Location`, which answers 202 until the end. */
async function settled(
  first: HttpAnswer,
  { url, method, signal }: HttpCall,
  http: ReturnType<typeof openHttp>,
): Promise<unknown> {
  const end = Date.now() + LIMIT;
  const told = first.headers.get("azure-asyncoperation");
  let next = told ?? (first.status === 202 ? first.headers.get("location") : undefined);
  let pace = PACE.first;
  for (let last = first; next; pace = Math.min(pace * PACE.growth, PACE.longest)) {
    await sleep(Math.min(saidBy(last) ?? pace, end - Date.now()), undefined, { signal });
    if (Date.now() >= end) throw slow(`${method} ${new URL(url).pathname}`);
    last = await http({ method: "GET", url: next, ...(signal ? { signal } : {}) });
    if (told) {
      if (hasSucceeded(last)) return null;
    } else if (last.status !== 202) {
      return last.body;
    } else {
      next = last.headers.get("location") ?? next;
    }
  }
  return first.body;
}

function slow(operation: string): PaasError {
  return new PaasError("azure-slow", `${operation} did not end in ${LIMIT / 60_000} minutes`, {
    details: ["it may still go on in Azure"],
    next: "run the same command again in some minutes; it goes on where it was",
  });
}

/** @throws Error with Azure's code when the operation has failed or was cancelled */
function hasSucceeded({ status: answered, body }: HttpAnswer): boolean {
  // Some answer 204 once there is nothing more to tell.
  if (answered === 204) return true;
  const { status = "", error } = (body ?? {}) as { status?: string; error?: { code?: string; message?: string } };
  if (/^(failed|cancell?ed)$/i.test(status)) {
    const message = error?.message ?? `the operation ended with status ${status}`;
    throw Object.assign(new Error(message), { code: error?.code ?? status });
  }
  return /^succeeded$/i.test(status);
}

/** Seconds or a date, as HTTP has it. */
function saidBy({ headers }: HttpAnswer): number | null {
  const said = headers.get("retry-after") ?? "";
  const wait = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
