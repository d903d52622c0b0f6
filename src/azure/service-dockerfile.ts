import fs from "node:fs/promises";
import path from "node:path";
import type { EnvironmentService } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { describeApp } from "../scaffold/detect.js";
import { listFiles } from "../scaffold/list.js";
import { renderDockerfile } from "../scaffold/render-dockerfile.js";
import { readTemplates } from "../scaffold/templates.js";

/**
 * The Dockerfile that `paas init` would write for a service whose commit has none; null when it has its own.
 * @param context folder with the files of the service
 * @throws PaasError `dockerfile-missing`
 */
export async function missingDockerfile(service: EnvironmentService, context: string): Promise<string | null> {
  const { name, runtime } = service;
  const own = await fs.stat(path.join(context, "Dockerfile")).catch(() => null);
  if (own) return null;
  const rendered =
    runtime === "docker"
      ? null
      : renderDockerfile(readTemplates().dockerfiles, describeApp(listFiles(context), ".", runtime), service);
  if (rendered !== null) return rendered;
  throw new PaasError("dockerfile-missing", `service ${name} has no Dockerfile, and nothing says how it starts`, {
    details: [`looked in the commit's ${service.path === "." ? "top folder" : service.path}, runtime ${runtime}`],
    next: "add a Dockerfile, or a start script, and commit it",
    exit: EXIT.usage,
  });
}
