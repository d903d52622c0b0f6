import fs from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { HttpsProxyAgent } from "https-proxy-agent";
import { makeCertificate } from "../../../src/local/certificate.js";
import { startDoor } from "../../../src/local/door.js";
import { listenOnLoopback } from "../../../src/local/front-socket.js";
import { SchemaLibrary } from "../../../src/local/provider/schemas.js";
import { serveProvider } from "../../../src/local/provider/server.js";
import { openStorage, type Storage } from "../../../src/local/storage.js";
import { Store } from "../../../src/local/store.js";
import { makeSecret, mintToken } from "../../../src/local/token.js";
import { openConsole } from "./console.js";
import { openContainerApps } from "./container-apps.js";
import { type Core, OTHER_SUBSCRIPTION, SUBSCRIPTION, type Subscription, TENANT } from "./core.js";
import { type Directory, openDirectory } from "./directory.js";
import { createDispatcher } from "./dispatch.js";
import { openEntra } from "./entra.js";
import { Faults, isAnswered, withhold } from "./faults.js";
import { openGithubOidc } from "./github-oidc.js";
import { openGroups } from "./groups.js";
import { openIdentities } from "./identities.js";
import { APPS, openIngress } from "./ingress.js";
import { openJobs } from "./jobs.js";
import { openLocks } from "./locks.js";
import { openLogs } from "./logs.js";
import { openManagedEnvironments } from "./managed-environments.js";
import { openNameAvailability } from "./name-availability.js";
import { openOperations } from "./operations.js";
import { openRegistrations } from "./registrations.js";
import { openRegistries as openRegistryResources } from "./registries.js";
import { openRegistries } from "./registry.js";
import { openRoleAssignments } from "./role-assignments.js";
import { openSoftDeleted } from "./soft-deleted.js";
import { openStorageAccounts } from "./storage-accounts.js";
import { openSubscriptions } from "./subscriptions.js";
import { openTokens } from "./tokens.js";
import { openVaults } from "./vaults.js";

/** Every host that the stand-in answers for; the door leads nowhere else. */
const HOSTS = [
  "management.azure.com",
  "login.microsoftonline.com",
  "api.loganalytics.io",
  "*.blob.core.windows.net",
  "*.vault.azure.net",
  "*.azurecr.io",
  "*.azurecontainerapps.dev",
  `*.${APPS}`,
  "*.actions.githubusercontent.com",
];
const TARGETS = new RegExp(
  `^(${HOSTS.map((host) => host.replaceAll(".", "\\.").replace("*", "[a-z0-9-]+")).join("|")}):443$`,
  "i",
);

export type AzureOptions = {
  /** Name of a storage account that is there from the start; others are when they have been made. */
  account?: string;
  now?: () => Date;
  /** Another subscription of this Azure: same people and tokens, reached through its door; all else is its own. */
  beside?: Beside;
};

/** What subscriptions of one Azure have in common. */
type Beside = Pick<Core, "subscriptions" | "tokens"> & { directory: Directory; neighbours: Neighbour[] };

/** A subscription whose requests come in at another one's door. */
type Neighbour = { answersFor(host: string, path: string): boolean; listener: RequestListener };

export type StandIn = Awaited<ReturnType<typeof openAzure>>;

/** Starts an Azure of its own on loopback, reached under Azure's public host names through a CONNECT proxy. */
export async function openAzure({ account: given, now = () => new Date(), beside }: AzureOptions) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-azure-"));
  const subscriptionId = beside ? OTHER_SUBSCRIPTION : SUBSCRIPTION;
  const subscriptions: Subscription[] = beside?.subscriptions ?? [];
  const displayName = beside ? "Acme prod" : "Acme nonprod";
  subscriptions.push({ subscriptionId, displayName, tenantId: TENANT, state: "Enabled" });
  const core: Core = {
    store: Store.open(folder),
    tenantId: TENANT,
    subscriptionId,
    subscriptions,
    operations: openOperations(subscriptionId),
    tokens: beside?.tokens ?? openTokens(),
    terraform: { objectId: undefined },
    now,
  };
  const directory = beside?.directory ?? openDirectory();
  const entra = openEntra(core, directory);
  const github = openGithubOidc(core);
  const roles = openRoleAssignments(core);
  const locks = openLocks(core, roles);
  const groups = openGroups(core, locks);
  const containerApps = openContainerApps(core);
  const managedEnvironments = openManagedEnvironments(core);
  const softDeleted = openSoftDeleted(core);
  const registrations = openRegistrations(core);
  const accounts = openStorageAccounts(core, registrations);
  const identities = openIdentities(core, directory, registrations);
  const registryResources = openRegistryResources(core);
  const vaults = openVaults(core, softDeleted);
  const jobs = openJobs(core);
  const logs = openLogs(core);
  const ingress = openIngress(core, vaults.secrets);
  const isTaken = (name: string) =>
    accounts.taken.has(name) || vaults.taken.includes(name) || softDeleted.vaults.some((one) => one.name === name);
  // A new resource provider is one more line here.
  const parts = [
    core.operations,
    entra,
    github,
    openSubscriptions(core),
    locks,
    softDeleted,
    vaults,
    jobs,
    logs,
    managedEnvironments,
    containerApps,
    registrations,
    accounts,
    identities,
    roles,
    registryResources,
    openNameAvailability(core, isTaken),
    ingress,
    groups,
  ];
  const faults = new Faults();
  const registries = openRegistries(core, faults);
  const { console: containerConsole, close: closeConsole } = openConsole(logs.token, faults);
  const dispatcher = createDispatcher(
    parts.flatMap(({ routes }) => routes),
    faults,
    core,
  );

  const storages = new Map<string, Promise<Storage>>();
  const storageOf = (account: string): Promise<Storage> | null => {
    const made = core.store.list("azurerm_storage_account").some(({ attributes }) => attributes.name === account);
    if (account !== given && !made) return null;
    const opened = storages.get(account) ?? openStorage({ folder: path.join(folder, "storage", account), account });
    storages.set(account, opened);
    return opened;
  };
  const schemas = new SchemaLibrary(folder);
  const provider = await serveProvider({
    store: core.store,
    socket: path.join(folder, "p.sock"),
    schemas,
    subscriptionId,
    tenantId: TENANT,
    objectId: () => core.terraform.objectId,
    fqdnOf: (app) => `${app.attributes.name}.${APPS}`,
  });

  const certificate = makeCertificate(new Date(), HOSTS);
  const certFile = path.join(folder, "ca.pem");
  fs.writeFileSync(certFile, certificate.cert);
  const neighbours: Neighbour[] = [];
  const listener: RequestListener = (request, response) => {
    const host = (request.headers.host ?? "").replace(/:443$/, "");
    const neighbour = neighbours.find((one) => one.answersFor(host, request.url ?? ""));
    if (neighbour) return neighbour.listener(request, response);
    const handled = host.endsWith(".blob.core.windows.net")
      ? blobs(request, response)
      : host.endsWith(".azurecr.io")
        ? registries.listener(request, response)
        : dispatcher.handle(request, response);
    Promise.resolve(handled).catch((error: unknown) => {
      dispatcher.violations.push(
        `${request.method} ${host}${request.url}: ${error instanceof Error ? error.stack : error}`,
      );
      response.destroy();
    });
  };
  const server = https.createServer({ ...certificate, minVersion: "TLSv1.2" }, listener);
  beside?.neighbours.push({
    answersFor: (host, url) =>
      host === `${given}.blob.core.windows.net` ||
      `${url}/`.toLowerCase().replace(/[?].*/, "/").includes(`/subscriptions/${subscriptionId}/`),
    listener,
  });
  const blobs = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    dispatcher.note(`${request.method} https://${request.headers.host}${request.url}`);
    const account = request.headers.host?.split(".")[0] ?? "";
    const trouble = faults.meet(request.method ?? "", `${request.headers.host}${request.url}`);
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const audience = core.tokens.read(token, now())?.aud ?? "";
    if (trouble === "reset") return void request.socket.destroy();
    if (isAnswered(trouble)) return refuseBlob(response, trouble.status, trouble.code, trouble.headers);
    if (!isForStorage(audience, account)) return refuseBlob(response, 401, "InvalidAuthenticationInfo");
    const storage = await storageOf(account);
    if (!storage) return refuseBlob(response, 404, "ResourceNotFound");
    if (trouble) withhold(response, trouble);
    storage.listener(request, response);
  };
  server.on("upgrade", containerConsole.upgrade);
  const front = await listenOnLoopback(server);
  const secret = makeSecret();
  const door = await startDoor({ secret, front: front.port, targets: TARGETS });
  const proxy = door.proxyUrl(mintToken(secret, { audience: "door", lifetime: 24 * 3600 }));

  return {
    ...core,
    folder,
    neighbours,
    faults,
    directory,
    entra,
    github,
    locks,
    groups,
    registrations,
    accounts,
    identities,
    roles,
    registryResources,
    containerApps: containerApps.apps,
    jobs,
    managedEnvironments,
    softDeleted,
    vaults,
    registries,
    logs,
    console: containerConsole,
    ingress: ingress.state,
    schemas,
    requests: dispatcher.requests,
    /** Tells of every request before it is answered. */
    watch: dispatcher.watch,
    violations: dispatcher.violations,
    /** For SDK clients of this process. */
    clientOptions: { agent: proxyAgent(proxy, certificate.cert) },
    /** For children: Node reads the first two, Go the first and the third. */
    variables: { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: certFile, SSL_CERT_FILE: certFile },
    reattach: JSON.stringify(provider.reattach),
    /** What was asked for that is not Azure's. */
    strayed: door.refused,
    /** @throws Error with what broke a schema on the way */
    close: async () => {
      closeConsole();
      for (const part of [provider, door, front, ...(await Promise.all(storages.values()))]) await part.close();
      fs.rmSync(folder, { recursive: true, force: true });
      const violations = [...dispatcher.violations, ...registries.violations, ...containerConsole.violations];
      if (violations.length > 0) throw new Error(`violations:\n${violations.join("\n")}`);
    },
  };
}

/** Leads SDK clients through a stand-in's proxy. @param ca its certificate, PEM */
export function proxyAgent(proxy: string, ca: string): HttpsProxyAgent<string> {
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  // The constructor forgets what it is told about TLS.
  Object.assign(agent.options, { ca });
  return agent;
}

function isForStorage(audience: string, account: string): boolean {
  return ["https://storage.azure.com", `https://${account}.blob.core.windows.net`].includes(
    audience.replace(/\/$/, ""),
  );
}

function refuseBlob(response: ServerResponse, status: number, code: string, headers = {}): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code, ...headers }).end(body);
}
