import https from "node:https";
import readline from "node:readline";
import { PaasError } from "../errors.js";
import type { DaemonAddress } from "./address.js";
import { fromWire, type WireLine } from "./wire.js";

type Call = { method?: string; body?: unknown; signal?: AbortSignal };

/** Requests to the daemon's own API, `/paas/…`. */
export type Connection = {
  address: DaemonAddress;
  /** One question, one JSON answer; an error of the daemon is thrown as it was there. */
  ask<T>(path: string, call?: Call): Promise<T>;
  /** A long answer: `onLine` gets its output, the result is what came last. */
  follow<T>(path: string, onLine: (line: string) => void, call?: Call): Promise<T>;
};

export function connectionTo(address: DaemonAddress): Connection {
  return {
    address,
    ask: async <T>(path: string, call: Call = {}) => {
      let answer: unknown;
      await send(address, path, call, (line) => {
        answer = JSON.parse(line);
      });
      if (isError(answer)) throw fromWire(answer.error);
      return answer as T;
    },
    follow: async <T>(path: string, onLine: (line: string) => void, call: Call = {}) => {
      let last: WireLine | undefined;
      await send(address, path, call, (text) => {
        const message = JSON.parse(text) as WireLine;
        if ("line" in message) onLine(message.line);
        else last = message;
      });
      if (last === undefined) throw gone(address);
      if ("error" in last) throw fromWire(last.error);
      return ("done" in last ? last.done : undefined) as T;
    },
  };
}

function send(address: DaemonAddress, path: string, call: Call, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(call.signal?.aborted ? aborted(cause) : gone(address, cause));
    const request = https.request(
      {
        host: "127.0.0.1",
        port: address.port,
        path,
        method: call.method ?? (call.body === undefined ? "GET" : "POST"),
        ca: address.certificate,
        servername: "localhost",
        agent: false,
        headers: { authorization: `Bearer ${address.token}`, "content-type": "application/json" },
        ...(call.signal ? { signal: call.signal } : {}),
      },
      (response) => {
        const lines = readline.createInterface({ input: response });
        let failure: unknown;
        lines.on("line", (line) => {
          try {
            if (line !== "") onLine(line);
          } catch (error) {
            failure = error;
          }
        });
        // Readline passes the errors of its input on; unheard, they would end the process.
        for (const source of [response, lines]) source.on("error", fail);
        lines.on("close", () => (failure === undefined ? resolve() : reject(failure)));
      },
    );
    request.on("error", fail);
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

function isError(answer: unknown): answer is { error: Parameters<typeof fromWire>[0] } {
  return typeof answer === "object" && answer !== null && "error" in answer;
}

function aborted(cause: unknown): PaasError {
  return new PaasError("aborted", "stopped", { cause });
}

function gone(address: DaemonAddress, cause?: unknown): PaasError {
  return new PaasError("local-cloud-gone", `the local cloud (process ${address.pid}) does not answer`, {
    next: "`paas local start`, then repeat; `paas local logs` says what happened",
    cause,
  });
}
