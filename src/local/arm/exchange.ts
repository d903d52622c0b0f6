import type { Store } from "../store.js";
import type { Fields } from "./fields.js";

/** One request to the simulated Azure Resource Manager, taken apart. */
export type ArmRequest = {
  method: string;
  /** Path without the query, percent-decoded. */
  path: string;
  query: URLSearchParams;
  body: Fields;
  /** Scheme and host that the client used: links in answers lead there again. */
  origin: string;
};

export type ArmAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

/** What the handlers answer from. */
export type ArmContext = { store: Store; subscriptionId: string };

/** An error in Resource Manager's words: `{ error: { code, message } }`. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function groupNotFound(name: string): ArmError {
  return new ArmError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/** @param type `Microsoft.App/containerApps` */
export function resourceNotFound(type: string, name: string, group: string): ArmError {
  const message = `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmError(404, "ResourceNotFound", message);
}

/**
 * Says that work goes on after the answer, and where its end can be asked for. Here the work is done already; clients
 * come to know it when they ask for the first time.
 * @param location path of the operation, with its query
 */
export function accepted({ origin }: ArmRequest, location: string): ArmAnswer {
  return { status: 202, headers: { location: `${origin}${location}`, "retry-after": "1" } };
}
