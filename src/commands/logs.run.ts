import { EXIT, PaasError } from "../errors.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { printable } from "../ui/wording.js";
import { describedEnvironment, knownEnvironment, pickServices } from "./known.js";

export type LogsOptions = GlobalOptions & { environment?: string; follow?: boolean; tail: string; service?: string };

export async function logs(options: LogsOptions, tools: Tools): Promise<void> {
  const tail = tailOf(options.tail);
  const known = await knownEnvironment(options.environment, tools);
  const environment = await describedEnvironment(known, tools);
  const services = pickServices(environment, options.service);
  const request = { environment, services, tail, follow: options.follow === true, signal: tools.signal };
  for await (const { service, time, text } of known.doors.cloud.logs(request)) {
    if (options.json) tools.ui.line({ service, time, text });
    else
      tools.ui.result({}, {}, `${tools.ui.palette.faint(time.slice(11, 19))} ${service.padEnd(8)} ${printable(text)}`);
  }
}

function tailOf(text: string): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 0 && lines <= 100_000) return lines;
  throw new PaasError("usage", `--tail ${text} is not a number of lines`, {
    next: "for example `--tail 50`",
    exit: EXIT.usage,
  });
}
