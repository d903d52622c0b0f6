import { listenStable } from "../runtime/ports.js";
import type { Route } from "./forward.js";
import { forwardingServer } from "./server.js";

/** The door of one app: a loopback port that leads to whichever of its versions serves. */
export type Ingress = { port: number; close(): Promise<void> };

export type IngressOptions = {
  /** What the port depends on when it is chosen for the first time. */
  name: string;
  /** The one it had before; another one is taken when it is no longer free. */
  port: number | null;
  route(): Route;
  onError(text: string): void;
};

export async function startIngress({ name, port: wanted, route, onError }: IngressOptions): Promise<Ingress> {
  const named = (host: string) => (isOfThisMachine(host) ? route() : undefined);
  const { server, close } = forwardingServer(named, (error) => onError(`its ingress failed: ${String(error)}`));
  const port = await listenStable(server, wanted, name);
  if (wanted !== null && port !== wanted) {
    onError(`port ${wanted} of its ingress is taken, it is now ${port}: deploy the services that call it again`);
  }
  return { port, close };
}

/** A web page whose own name leads to 127.0.0.1 may not read what an internal service answers. */
function isOfThisMachine(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return name === "127.0.0.1" || name === "localhost" || name.endsWith(".localhost");
}
