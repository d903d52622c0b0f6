import { ContainerAppsAPIClient, type ReplicaContainer } from "@azure/arm-appcontainers";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import type { Endpoint, ExecRequest } from "../cloud.js";
import { PaasError } from "../errors.js";
import type { ClientOptions } from "./client.js";
import { commandText } from "./console-frames.js";
import { attach } from "./console-session.js";
import { openSocket } from "./console-socket.js";
import { azureFailure, isAbsent } from "./failure.js";

export type ConsoleSources = { arm: Endpoint; subscriptionId: string; options: ClientOptions };

/** Runs a command in a running replica of a service, through the console of Container Apps. */
export async function azureExec(
  request: ExecRequest,
  { arm, subscriptionId, options }: ConsoleSources,
): Promise<number> {
  const { environment, service, command, streams, signal } = request;
  const client = new ContainerAppsAPIClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  const { resourceGroup: group } = environment;
  const endpoint = await endpointOf(request, client);
  const token = await client.containerApps.getAuthToken(group, service.appName).catch((error: unknown) => {
    throw azureFailure(`open a console in the service ${service.name}`, error);
  });
  const url = new URL(endpoint);
  url.searchParams.set("command", commandText(command));
  const opened = await openSocket(url.href, token.token ?? "", signal, options).catch((error: unknown) => {
    throw azureFailure(`open a console in the service ${service.name}`, error);
  });
  if ("refusal" in opened) throw refused(request, opened.refusal);
  const ended = await attach(opened.socket, streams, signal);
  if ("exit" in ended) return ended.exit;
  throw failed(request, ended.failure);
}

/** Of a replica of the revision that serves; one that runs comes first. */
async function endpointOf(request: ExecRequest, client: ContainerAppsAPIClient): Promise<string> {
  const { environment, service } = request;
  const { resourceGroup: group } = environment;
  try {
    const app = await client.containerApps.get(group, service.appName);
    const revision = app.latestReadyRevisionName ?? app.latestRevisionName;
    if (!revision) throw asleep(request);
    const { value } = await client.containerAppsRevisionReplicas.listReplicas(group, service.appName, revision);
    const containers = value.flatMap(({ containers = [] }) => containers.filter(({ name }) => name === service.name));
    const [endpoint] = [...containers].sort(runningFirst).flatMap((container) => consoleOf(container) ?? []);
    if (endpoint === undefined) throw asleep(request);
    return endpoint;
  } catch (error) {
    if (isAbsent(error)) throw asleep(request);
    throw azureFailure(`find a replica of the service ${service.name}`, error);
  }
}

function runningFirst(one: ReplicaContainer, other: ReplicaContainer): number {
  return Number(other.runningState === "Running") - Number(one.runningState === "Running");
}

/** Where Azure does not tell it, it lies beside the output, which is where `az containerapp exec` looks for it. */
function consoleOf({ execEndpoint, logStreamEndpoint }: ReplicaContainer): string | undefined {
  return execEndpoint ?? logStreamEndpoint?.replace(/\/logstream$/, "/exec");
}

function asleep({ environment: { envId }, service: { name, scale, internal } }: ExecRequest): PaasError {
  const wake = internal ? "call it from another service" : `open its URL, \`paas open ${envId} --service ${name}\``;
  return new PaasError("no-console", `service ${name} of ${envId} has no running replica, so there is no console`, {
    details: scale.min === 0 ? ["it is scaled to zero while nobody asks for it (`scale: { min: 0 }`)"] : [],
    next:
      scale.min === 0
        ? `${wake}, then repeat; with \`scale: { min: 1 }\` one always runs`
        : `\`paas status ${envId}\` and \`paas logs ${envId} --system\` say why`,
  });
}

/** A console that was not even opened. */
function refused({ environment: { envId }, service }: ExecRequest, response: PipelineResponse): PaasError {
  const { status, bodyAsText } = response;
  const trying = `open a console in the service ${service.name}`;
  const said = bodyAsText ? [wordsIn(bodyAsText)] : [];
  if (status === 429) {
    return new PaasError("too-many-consoles", `could not ${trying}: Azure opens no more right now (429)`, {
      details: ["it takes about ten in a short time", ...said],
      next: "wait some minutes; one console can run many commands: `sh -c '…; …'`",
    });
  }
  if (status === 404 || status >= 500) {
    return new PaasError("no-console", `could not ${trying}: Azure does not reach its container (${status})`, {
      details: said,
      next: `\`paas logs ${envId} --system\` says how it runs; repeat when it does`,
    });
  }
  const words = said[0] ?? `HTTP ${status}`;
  return azureFailure(trying, { statusCode: status, message: words, response });
}

/** A console in which nothing could be run. */
function failed({ environment: { envId }, service, command }: ExecRequest, failure: string): PaasError {
  const said = wordsIn(failure);
  if (/executable file not found|no such file or directory/.test(said)) {
    return new PaasError("command-not-found", `the image of service ${service.name} has no program "${command[0]}"`, {
      details: [said],
      next: `\`paas exec ${envId} --service ${service.name}\` opens \`sh\`; an image without any shell has no console`,
    });
  }
  return new PaasError("no-console", `the console of service ${service.name} ended without running the command`, {
    details: [said],
    next: `\`paas logs ${envId} --system\` says how the container runs; repeat when it does`,
  });
}

/** `{"Error":{"Code":…,"Message":…}}`, `{"Code":…,"Message":…}`, ARM's own form, or words. */
function wordsIn(text: string): string {
  try {
    const told = JSON.parse(text) as Record<string, unknown>;
    const error = (told.Error ?? told.error ?? told) as Record<string, unknown>;
    return [error.Code ?? error.code, error.Message ?? error.message].filter(Boolean).join(": ") || text;
  } catch {
    return text.trim();
  }
}
