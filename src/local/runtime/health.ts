import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { deadline } from "../../deadline.js";
import type { Liveness } from "./container.js";

/** Answers in a row that make an app healthy. */
const NEEDED = 3;
/** Milliseconds between two questions. */
const PAUSE = 100;
/** Milliseconds that one answer of a starting app may take. */
const PATIENCE = 2000;

export type Probe = {
  port: number;
  /** null = a connection is enough. */
  path: string | null;
};

/** What came of one question to an app. */
export type Answer =
  | { kind: "healthy" }
  | { kind: "status"; status: number }
  | { kind: "refused" | "silent" | "broken" };

/**
 * Asks an app until it was healthy three times in a row.
 * @returns null when it is healthy; the last answer when `signal` was aborted before
 */
export async function waitUntilHealthy(probe: Probe, signal: AbortSignal): Promise<Answer | null> {
  let last: Answer = { kind: "refused" };
  let healthy = 0;
  while (!signal.aborted) {
    const answer = await ask(probe, PATIENCE, signal);
    if (signal.aborted) break;
    healthy = answer.kind === "healthy" ? healthy + 1 : 0;
    if (healthy === NEEDED) return null;
    last = answer;
    await sleep(PAUSE, undefined, { signal }).catch(() => {});
  }
  return last;
}

/**
 * Asks a healthy app again and again.
 * @returns why it is taken for hung, or null when `signal` was aborted before
 */
export async function watchLiveness(port: number, liveness: Liveness, signal: AbortSignal): Promise<string | null> {
  const { path, interval, patience, failures } = liveness;
  for (let failed = 0; failed < failures; ) {
    await sleep(interval, undefined, { signal }).catch(() => {});
    if (signal.aborted) return null;
    const answer = await ask({ port, path }, patience, signal);
    failed = answer.kind === "healthy" ? 0 : failed + 1;
  }
  if (signal.aborted) return null;
  return `gave no healthy answer to ${path ?? "a connection"} ${failures} times in a row`;
}

/** One question: healthy is 2xx or 3xx within `patience` ms, redirects are not followed. */
function ask({ port, path }: Probe, patience: number, signal: AbortSignal): Promise<Answer> {
  return path === null ? connect(port, patience) : get(port, path, patience, signal);
}

function get(port: number, path: string, patience: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const limit = deadline(patience, signal);
    const headers = { "user-agent": "paas-health", connection: "close" };
    const request = http.get({ host: "127.0.0.1", port, path, agent: false, headers, signal: limit }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve(status >= 200 && status < 400 ? { kind: "healthy" } : { kind: "status", status });
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(failure(error, limit)));
  });
}

function connect(port: number, patience: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port, timeout: patience });
    const end = (answer: Answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end({ kind: "healthy" }));
    socket.once("timeout", () => end({ kind: "silent" }));
    socket.once("error", (error: NodeJS.ErrnoException) => end(failure(error, null)));
  });
}

function failure(error: NodeJS.ErrnoException, limit: AbortSignal | null): Answer {
  if (limit?.aborted) return { kind: "silent" };
  return { kind: error.code === "ECONNREFUSED" ? "refused" : "broken" };
}
