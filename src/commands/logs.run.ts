import type { GlobalOptions, Tools } from "../tools.js";
import { printable } from "../ui/wording.js";
import { describedEnvironment, knownEnvironment, pickServices } from "./known.js";
import { tailOf } from "./tail.js";

export type LogsOptions = GlobalOptions & {
  environment?: string;
  follow?: boolean;
  tail: string;
  service?: string;
  system?: boolean;
};

export async function logs(options: LogsOptions, tools: Tools): Promise<void> {
  const tail = tailOf(options.tail);
  const known = await knownEnvironment(options.environment, tools);
  const environment = await describedEnvironment(known, tools);
  const services = pickServices(environment, options.service);
  const width = Math.max(...services.map(({ name }) => name.length));
  const [follow, system] = [options.follow === true, options.system === true];
  const request = { environment, services, tail, follow, system, signal: tools.signal };
  for await (const { service, time, text } of known.doors.cloud.logs(request)) {
    if (options.json) tools.ui.line({ service, time, text });
    else
      tools.ui.result(
        {},
        {},
        `${tools.ui.palette.faint(time.slice(11, 19))} ${service.padEnd(width)}  ${printable(text)}`,
      );
  }
}
