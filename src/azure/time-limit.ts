import { type PipelinePolicy, RestError } from "@azure/core-rest-pipeline";

/** One request with its answer, in milliseconds: what takes longer is polled for. */
const LIMIT = 120_000;

/** Ends a request that nobody answers, which the clients of Azure's SDKs would wait for without an end. */
export function timeLimit(limit = LIMIT): PipelinePolicy {
  return {
    name: "paasTimeLimit",
    sendRequest: async (request, next) => {
      request.timeout ||= limit;
      try {
        return await next(request);
      } catch (error) {
        if ((error as Error).name !== "AbortError" || request.abortSignal?.aborted) throw error;
        const host = new URL(request.url).host;
        // The clients repeat what ends with this code.
        throw new RestError(`ETIMEDOUT ${host}: no answer within ${request.timeout / 1000} s`, {
          code: "ETIMEDOUT",
          request,
        });
      }
    },
  };
}
