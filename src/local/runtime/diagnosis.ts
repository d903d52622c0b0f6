import { describeExit } from "./describe-exit.js";
import type { Answer, Probe } from "./health.js";
import type { Listener } from "./listening.js";
import type { Exit } from "./process-group.js";

/** Why an app that did not become healthy in time did not, for people. */
export function describeUnhealthy(last: Answer, probe: Probe, limit: number, listeners: Listener[]): string {
  const within = `within ${seconds(limit)}`;
  switch (last.kind) {
    case "refused":
      return describeSilence(probe.port, within, listeners);
    case "silent":
      return `accepted the connection but did not answer ${probe.path ?? "it"}, not healthy ${within}`;
    case "broken":
      return `closed the connection without an answer to ${probe.path ?? "it"}, not healthy ${within}`;
    case "status":
      return `answered ${last.status} on ${probe.path} (healthy is 2xx or 3xx), not healthy ${within}`;
    case "healthy":
      return `did not answer ${probe.path ?? "a connection"} three times in a row ${within}`;
  }
}

/** `exited with code 1 after 0.2 s` */
export function describeEarlyExit(exit: Exit, lived: number): string {
  return exit.error ? describeExit(exit) : `${describeExit(exit)} after ${seconds(lived)}`;
}

function describeSilence(port: number, within: string, listeners: Listener[]): string {
  const own = listeners.find((listener) => listener.port === port);
  if (own)
    return `the app listens on PORT (${port}) at ${own.reach} only: listen on process.env.HOST (127.0.0.1) or 0.0.0.0`;
  const others = [...new Set(listeners.map((listener) => listener.port))];
  if (others.length === 0) return `never listened on PORT (${port}) ${within}`;
  return `the app listens on ${others.join(", ")}, not on PORT (${port}): listen on process.env.PORT`;
}

function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}
