import type { Environment, EnvironmentService } from "../environment/environment.js";
import { type Content, copyContent } from "./content.js";
import type { Built } from "./deploy.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";
import type { Workplace } from "./workplace.js";

/** Builds the image of every service, side by side; what was built before with the same content is not built again. */
export async function build(
  environment: Environment,
  commit: string,
  contents: Record<string, Content>,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
): Promise<Record<string, Built>> {
  const results = await Promise.allSettled(
    environment.services.map(async (service) => {
      const content = contents[service.name] as Content;
      const built = await buildService(service, content, environment, commit, workplace, doors, steps);
      return [service.name, built] as const;
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return Object.fromEntries(results.filter((result) => result.status === "fulfilled").map(({ value }) => value));
}

async function buildService(
  service: EnvironmentService,
  content: Content,
  environment: Environment,
  commit: string,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
): Promise<Built> {
  return steps.run(`build ${service.name}`, async (tell) => {
    const context = workplace.context(service.name);
    await copyContent(content, context);
    const { registryServer } = doors.cloud.platform.of(environment.tier);
    const image = await doors.cloud.build({
      environment,
      service,
      registryServer,
      context,
      contentKey: content.key,
      commit,
      onLine: tell,
      signal: doors.signal,
    });
    return { value: { image, contentKey: content.key }, detail: image.cached ? "unchanged, not rebuilt" : "built" };
  });
}
