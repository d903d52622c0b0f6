import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Route } from "./forward.js";
import { rawHead, SIMULATED } from "./headers.js";

/** A small page of plain text that the gateway itself answers with. */
export type Page = { status: number; text: string };

/** Says nothing of what else is here. */
export function unknownHost(host: string): Page {
  return { status: 404, text: `no environment answers to ${host}\n\`paas ls\` shows those that there are.` };
}

/** Why an app does not answer. */
export function pageFor({ name, state }: Route): Page {
  switch (state()) {
    case "placeholder":
      return { status: 503, text: `${name} is created, nothing is deployed to it yet.` };
    case "activating":
      return { status: 503, text: `${name} is starting for the first time.` };
    case "failed":
      return { status: 503, text: `${name} has no version that works: its first one failed. \`paas logs\` says why.` };
    case "restarting":
      return { status: 502, text: `${name} ended and is being restarted. \`paas logs\` says why.` };
    case "stopped":
      return { status: 503, text: `${name} does not run.` };
    case "running":
      return { status: 502, text: `${name} runs but did not answer. \`paas logs\` may say why.` };
  }
}

export function sendPage(response: ServerResponse, { status, text }: Page): void {
  if (response.headersSent) return void response.destroy();
  const body = `${text}\n`;
  response.writeHead(status, STATUS_CODES[status] ?? "", [...SIMULATED, ...pageHeaders(body)]).end(body);
}

/** The same page for a connection that has left HTTP's own ways (an upgrade). */
export function rawPage({ status, text }: Page): string {
  const body = `${text}\n`;
  return rawHead(status, undefined, [...SIMULATED, ...pageHeaders(body), "connection", "close"]) + body;
}

function pageHeaders(body: string): string[] {
  return [
    ...["content-type", "text/plain; charset=utf-8"],
    ...["content-length", String(Buffer.byteLength(body))],
    ...["cache-control", "no-store"],
  ];
}
