import fs from "node:fs";
import path from "node:path";
import { secretName } from "../naming/secret.js";
import { LOCAL_SUBSCRIPTION, LOCAL_TENANT } from "../naming/simulated.js";
import type { DaemonAddress } from "./address.js";
import { createArm } from "./arm/arm.js";
import { makeCertificate, writeCertificate } from "./certificate.js";
import { controlHandler } from "./control.js";
import { type Door, startDoor } from "./door.js";
import { createEntra } from "./entra.js";
import type { LocalFolder } from "./folder.js";
import { type Front, startFront } from "./front.js";
import { startGateway } from "./gateway/gateway.js";
import { SchemaLibrary } from "./provider/schemas.js";
import { serveProvider } from "./provider/server.js";
import { appName, hostOf, routeFor } from "./routes.js";
import { runCommand } from "./run-command.js";
import { Runs } from "./runs.js";
import type { SecretBlock } from "./runtime/container.js";
import { startRuntime } from "./runtime/runtime.js";
import { Secrets } from "./secrets.js";
import { servicesOf } from "./services.js";
import { makeSocketFolder } from "./socket-folder.js";
import { openStorage } from "./storage.js";
import { type Resource, Store } from "./store.js";
import { terraformVariables } from "./terraform-variables.js";
import { makeSecret, mintToken } from "./token.js";

export type PartsOptions = {
  places: LocalFolder;
  /** Name of the state account. */
  account: string;
  gatewayPort: number;
  /** Ends the daemon. */
  stop: () => void;
  say: (line: string) => void;
};

/** The local cloud with all its parts running. */
export type Parts = {
  address: Pick<DaemonAddress, "port" | "doorPort" | "token" | "certificate">;
  close(): Promise<void>;
};

/** Seconds that the daemon's token is good for: longer than any daemon runs. */
const TOKEN_LIFETIME = 10 * 365 * 24 * 3600;

/** Opens every part of the local cloud: the desired state first, then what runs it, then what lets others in. */
export async function openParts({ places, account, gatewayPort, stop, say }: PartsOptions): Promise<Parts> {
  const store = Store.open(places.folder);
  const secrets = new Secrets(places.secrets);
  const schemas = new SchemaLibrary(places.schemas);
  const runtime = await startRuntime({
    store,
    images: places.images,
    logs: places.logs,
    folder: places.folder,
    secretValue: (app, secret) => secretValue(app, secret, secrets),
    onEvent: ({ app, text }) => say(`${app} ${text}`),
  });
  const gateway = await startGateway({
    port: gatewayPort,
    route: (host) => {
      const app = routeFor(host, store.list("azurerm_container_app"));
      return app && runtime.route(app.id);
    },
    onError: (error) => say(`gateway: ${error}`),
  }).catch(async (error) => {
    await runtime.close();
    throw error;
  });
  const storage = await openStorage({ folder: places.storage, account });
  const sockets = makeSocketFolder();
  const provider = await serveProvider({
    store,
    socket: path.join(sockets, "provider.sock"),
    schemas,
    subscriptionId: LOCAL_SUBSCRIPTION,
    tenantId: LOCAL_TENANT,
    fqdnOf: hostOf,
    log: say,
  });

  const secret = makeSecret();
  const certificate = makeCertificate();
  const { certFile } = writeCertificate(places.folder, certificate);
  const token = mintToken(secret, { audience: "https://management.azure.com", lifetime: TOKEN_LIFETIME });
  const runs = new Runs((request) => runCommand(request, places));
  const services = servicesOf({
    places,
    store,
    schemas,
    secrets,
    runtime,
    runs,
    stop,
    gatewayPort: gateway.port,
    door: () => door,
    frontPort: () => front.port,
    terraformVariables: () =>
      terraformVariables({ proxy: door.proxyUrl(token), token, certFile, reattach: provider.reattach }),
  });
  const front: Front = await startFront({
    certificate,
    secret,
    account,
    storage: storage.listener,
    entra: createEntra({ secret }),
    arm: createArm({ store, subscriptionId: LOCAL_SUBSCRIPTION }),
    control: controlHandler(services),
    onError: (error) => say(`front: ${error instanceof Error ? error.stack : error}`),
  });
  const door: Door = await startDoor({ secret, front: front.port });

  return {
    address: { port: front.port, doorPort: door.port, token, certificate: certificate.cert },
    close: async () => {
      await runs.close();
      // One that cannot close, because its files were deleted, keeps no other from closing.
      for (const part of [gateway, runtime, provider, door, front, storage]) {
        await part.close().catch((error: unknown) => say(`closing: ${error}`));
      }
      fs.rmSync(sockets, { recursive: true, force: true });
    },
  };
}

/** A container app names a secret as its vault does (`stripe-key`), the file of values as the manifest does. */
function secretValue(app: Resource, secret: SecretBlock, secrets: Secrets): string | undefined {
  const envId = appName(app)?.envId;
  if (envId === undefined) return undefined;
  const name = secrets.names(envId).find((candidate) => secretName(candidate) === secret.name);
  return name === undefined ? undefined : secrets.value(envId, name);
}
