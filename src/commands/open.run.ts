import { execa } from "execa";
import { PaasError } from "../errors.js";
import { urlVariable } from "../manifest/rules.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { describedEnvironment, type Known, knownEnvironment, pickServices } from "./known.js";

export type OpenOptions = GlobalOptions & { environment?: string; service?: string };

export async function open(options: OpenOptions, tools: Tools): Promise<void> {
  const known = await knownEnvironment(options.environment, tools);
  const url = options.service ? await serviceUrl(options.service, known, tools) : known.target.record?.url;
  if (!url) {
    throw new PaasError("no-url", `environment ${known.target.envId} has no public URL yet`, {
      next: `\`paas up ${known.target.envId}\``,
    });
  }
  tools.ui.result(options, { environment: known.target.envId, url }, url);
  if (!options.json && process.stdout.isTTY) await browse(url, tools);
}

async function serviceUrl(name: string, known: Known, tools: Tools): Promise<string | null> {
  const environment = await describedEnvironment(known, tools);
  const [service] = pickServices(environment, name);
  if (!service || service.internal) throw internalService(name, environment.envId);
  const app = await known.doors.apps.find(environment.resourceGroup, service.appName);
  return app?.host ? known.doors.cloud.url(app.host) : null;
}

function internalService(name: string, envId: string): PaasError {
  return new PaasError("service-internal", `service ${name} of ${envId} is internal`, {
    details: ["it has no address outside of its environment"],
    next: `the other services find it in ${urlVariable(name)}`,
  });
}

/** The system's own opener; where there is none the printed URL has to do. */
const OPENERS: Record<string, string[]> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

async function browse(url: string, tools: Tools): Promise<void> {
  const [command = "xdg-open", ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  const { failed } = await execa(command, [...words, url], { reject: false, stdio: "ignore", timeout: 10_000 });
  if (failed) tools.ui.note("(no browser could be opened from here)");
}
