import type { Environment } from "../environment/environment.js";
import { mainService } from "../environment/main-service.js";
import { EXIT, PaasError } from "../errors.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { describedEnvironment, knownEnvironment, pickServices } from "./known.js";

export type ExecOptions = GlobalOptions & {
  service?: string;
  /** What comes before the dashes: the environment. */
  named: string[];
  /** The command. */
  words: string[];
};

/** Every image that has a shell at all has this one. */
const SHELL = ["sh"];

/** Hands the terminal to a command beside a service; its exit code is ours. */
export async function exec(options: ExecOptions, tools: Tools): Promise<void> {
  if (options.named.length > 1) throw withoutDashes(options.named);
  const known = await knownEnvironment(options.named[0], tools);
  const environment = await describedEnvironment(known, tools);
  const service = options.service
    ? pickServices(environment, options.service)[0]
    : (mainService(environment.services) ?? environment.services[0]);
  if (!service) throw noService(environment);
  const others = environment.services.filter(({ name }) => name !== service.name).map(({ name }) => name);
  if (!options.service && others.length > 0) tools.ui.note(`service ${service.name} (--service: ${others.join(", ")})`);
  const command = options.words.length > 0 ? options.words : SHELL;
  const { signal } = tools;
  process.exitCode = await known.doors.cloud.exec({ environment, service, command, streams: process, signal });
}

function noService({ envId }: Environment): PaasError {
  return new PaasError("no-such-service", `environment ${envId} has no service`, {
    next: "add one to `services` in paas.yaml, commit, and push",
    exit: EXIT.notFound,
  });
}

function withoutDashes([environment = "", ...words]: string[]): PaasError {
  return new PaasError("usage", "a command comes after `--`", {
    details: [`found: ${words.join(" ")}`],
    next: `\`paas exec ${environment} -- ${words.join(" ")}\``,
    exit: EXIT.usage,
  });
}
