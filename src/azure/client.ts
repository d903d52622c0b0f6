import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
  RestError,
  throttlingRetryPolicy,
} from "@azure/core-rest-pipeline";
import { timeLimit } from "./time-limit.js";

/** Options of the Azure SDKs' clients: proxy, trust, retries. */
export type ClientOptions = Record<string, unknown>;

/**
 * Throttling lasts up to a minute, and Azure says how long; the SDKs' own three repetitions end before that. A request
 * that nobody answers they would wait for without an end.
 */
export const PATIENT: ClientOptions = {
  additionalPolicies: [
    { policy: throttlingRetryPolicy({ maxRetries: 6 }), position: "perRetry" },
    { policy: timeLimit(), position: "perRetry" },
  ],
};

export type HttpCall = {
  method: HttpMethods;
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  content?: { type: string; text: string };
  signal?: AbortSignal;
};

export type HttpAnswer = {
  status: number;
  body: unknown;
  /** The body as it came, to its last byte. */
  text: string;
  headers: PipelineResponse["headers"];
};

/** One HTTP call through the pipeline of the Azure SDKs, which knows proxies, throttling and lost connections. */
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

/**
 * @param signIn whose bearer token goes with the call; null = none
 * @throws RestError for every status from 400 on, as the SDKs do
 */
export function openHttp(signIn: { credential: TokenCredential; scope: string } | null, options: ClientOptions): Http {
  const pipeline = createPipelineFromOptions(options);
  pipeline.addPolicy(throttlingRetryPolicy({ maxRetries: 6 }), { afterPhase: "Retry" });
  pipeline.addPolicy(timeLimit(), { afterPhase: "Retry" });
  if (signIn) {
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: signIn.credential, scopes: signIn.scope }), {
      phase: "Sign",
    });
  }
  const client = createDefaultHttpClient();
  return async ({ method, url, headers = {}, body, content, signal }) => {
    const sent = content ?? (body === undefined ? null : { type: "application/json", text: JSON.stringify(body) });
    const request = createPipelineRequest({
      url,
      method,
      headers: createHttpHeaders({ accept: "application/json", ...headers }),
      ...(sent ? { body: sent.text } : {}),
      ...(signal ? { abortSignal: signal } : {}),
    });
    if (sent) request.headers.set("content-type", sent.type);
    const response = await pipeline.sendRequest(client, request);
    if (response.status >= 400) throw refusal(response);
    const text = response.bodyAsText ?? "";
    return { status: response.status, body: parsed(text), text, headers: response.headers };
  };
}

function refusal(response: PipelineResponse): RestError {
  const { error } = (parsed(response.bodyAsText) ?? {}) as { error?: { code?: string; message?: string } };
  return new RestError(error?.message ?? `HTTP ${response.status}`, {
    ...(error?.code ? { code: error.code } : {}),
    statusCode: response.status,
    request: response.request,
    response,
  });
}

function parsed(text: string | null | undefined): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
