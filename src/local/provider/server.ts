import type { Resource, Store } from "../store.js";
import { serveUnary } from "./grpc.js";
import { uuidFor } from "./identifiers.js";
import { type Fault, Provider } from "./provider.js";
import type { SchemaLibrary } from "./schemas.js";

export type ProviderOptions = {
  store: Store;
  /** Path of the UNIX socket; whoever may open it drives the provider. */
  socket: string;
  schemas: SchemaLibrary;
  subscriptionId: string;
  tenantId: string;
  /** Object id of who is signed in; one of its own unless told. */
  objectId?: () => string | undefined;
  /** Host name of a container app's ingress. */
  fqdnOf: (app: Resource) => string;
  /** Values of a vault's secrets, by name; none unless told. */
  vaultValues?: (vaultId: string) => Record<string, string>;
  fault?: Fault;
  log?: (line: string) => void;
};

export type ServedProvider = {
  /** Value of `TF_REATTACH_PROVIDERS`, to be written as JSON. */
  reattach: Record<string, unknown>;
  close(): Promise<void>;
};

/** Without a host: Terraform and OpenTofu each put their own before it. */
const SOURCE = "hashicorp/azurerm";

/**
 * Serves the simulated `hashicorp/azurerm` to any number of Terraform runs at once. Terraform is told to attach to it
 * and so neither downloads, starts nor stops a provider.
 * @throws PaasError `socket-path-too-long`
 */
export async function serveProvider(options: ProviderOptions): Promise<ServedProvider> {
  const { store, socket, schemas, subscriptionId, tenantId, fqdnOf } = options;
  const vaultValues = options.vaultValues ?? (() => ({}));
  const log = options.log ?? (() => {});
  const objectId = () => options.objectId?.() ?? uuidFor("object", subscriptionId);
  const azure = { store, subscriptionId, tenantId, objectId, fqdnOf, vaultValues };
  const provider = new Provider(azure, schemas, options.fault ?? (() => undefined), log);
  const methods = Object.entries(provider.methods()).map(([name, method]) => [`/tfplugin5.Provider/${name}`, method]);
  const server = await serveUnary(socket, Object.fromEntries(methods), (path, error) => {
    log(`provider: ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  return { reattach: { [SOURCE]: attachment(socket) }, close: server.close };
}

function attachment(socket: string): Record<string, unknown> {
  return {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    // Terraform leaves a provider under test running when it is done.
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
}
