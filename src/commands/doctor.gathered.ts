import type { Gathered } from "../doctor/facts.js";
import { PaasError } from "../errors.js";

/** Finds something out; an error that is meant for the user is what was found out then. */
export async function gathered<T>(find: () => Promise<T>): Promise<Gathered<T>> {
  try {
    return { value: await find() };
  } catch (error) {
    if (!(error instanceof PaasError)) throw error;
    const { message, details, next } = error;
    return { failed: message, details, ...(next === undefined ? {} : { next }) };
  }
}

/** Goes on with what was found out; without it, what depends on it is skipped. */
export async function after<T, U>(
  first: Gathered<T>,
  find: (value: T) => Promise<Gathered<U>>,
  why?: string,
): Promise<Gathered<U>> {
  if ("value" in first) return find(first.value);
  return { skipped: why ?? ("skipped" in first ? first.skipped : `not looked at: ${first.failed}`) };
}
