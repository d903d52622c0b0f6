import type { AddressInfo } from "node:net";
import { PaasError } from "../../errors.js";
import { listens, PATIENCE } from "../runtime/ports.js";
import type { Route } from "./forward.js";
import { forwardingServer } from "./server.js";

export type GatewayOptions = {
  /** 0 = any free one. */
  port: number;
  /** The app that answers for a Host header (with its port), or undefined. */
  route(host: string): Route | undefined;
  onError(error: unknown): void;
};

export type Gateway = { port: number; close(): Promise<void> };

/**
 * Opens the one port at which all environments answer, each under its own host name.
 * @throws PaasError `gateway-port-taken`
 */
export async function startGateway({ port, route, onError }: GatewayOptions): Promise<Gateway> {
  const { server, close } = forwardingServer(route, onError);
  if (!(await listens(server, port, PATIENCE))) throw portTaken(port);
  return { port: (server.address() as AddressInfo).port, close };
}

function portTaken(port: number): PaasError {
  return new PaasError(
    "gateway-port-taken",
    `port ${port}, at which environments answer, is taken by another program`,
    {
      details: [`\`lsof -i :${port}\` or \`ss -ltnp\` says which one`],
      next: "stop what uses it, or choose another: `paas local start --port <n>`",
    },
  );
}
