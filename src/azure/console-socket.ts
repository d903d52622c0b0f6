import type { Agent } from "node:http";
import {
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { WebSocket } from "ws";
import type { ClientOptions } from "./client.js";

/** Milliseconds that Azure may take to connect to a container. */
const PATIENCE = 30_000;

export type Opened = { socket: WebSocket } | { refusal: PipelineResponse };

/**
 * Opens a WebSocket as every other request of ours is sent: through the proxy that is set, again where Azure asks for it.
 * @param url as Azure gives it, `https://` or `wss://`
 */
export async function openSocket(
  url: string,
  token: string,
  signal: AbortSignal,
  options: ClientOptions,
): Promise<Opened> {
  let socket: WebSocket | null = null;
  const client: HttpClient = {
    sendRequest: async (request) => {
      const opened = await upgrade(request);
      if ("socket" in opened) socket = opened.socket;
      return "socket" in opened ? { request, status: 101, headers: createHttpHeaders() } : opened.refusal;
    },
  };
  const request = createPipelineRequest({
    url: url.replace(/^wss:/, "https:"),
    headers: createHttpHeaders({ authorization: `Bearer ${token}` }),
    abortSignal: signal,
  });
  const response = await createPipelineFromOptions(options).sendRequest(client, request);
  return socket ? { socket } : { refusal: response };
}

function upgrade(request: PipelineRequest): Promise<Opened> {
  const { url, headers, agent, abortSignal } = request;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^https:/, "wss:"), {
      headers: headers.toJSON({ preserveCase: true }),
      handshakeTimeout: PATIENCE,
      perMessageDeflate: false,
      ...(agent ? { agent: agent as Agent } : {}),
    });
    const leave = () => socket.terminate();
    abortSignal?.addEventListener("abort", leave);
    socket.once("close", () => abortSignal?.removeEventListener("abort", leave));
    socket.once("open", () => {
      abortSignal?.removeEventListener("abort", leave);
      // Azure talks at once, before anybody listens.
      socket.pause();
      resolve({ socket });
    });
    socket.on("error", reject);
    socket.once("unexpected-response", (sent, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      // Not its end, which a connection that breaks never brings.
      response.once("close", () => {
        sent.destroy();
        const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          refusal: {
            request,
            status: response.statusCode ?? 0,
            headers: createHttpHeaders(Object.fromEntries(told)),
            bodyAsText: Buffer.concat(chunks).toString("utf8"),
          },
        });
      });
    });
  });
}
