import { fixedEnvironments } from "../manifest/environments.js";
import type { Tools } from "../tools.js";
import { count } from "../ui/wording.js";

export type ValidateOptions = { json?: boolean };
export type ValidateTools = Pick<Tools, "manifest" | "cloudName" | "ui">;

/**
 * Checks the working tree's `paas.yaml`.
 * @throws ManifestError `manifest-invalid`, PaasError `manifest-missing` (exit 2)
 */
export async function validate(options: ValidateOptions, tools: ValidateTools): Promise<void> {
  await tools.cloudName();
  const manifest = await tools.manifest();
  const { file } = manifest.source;
  const services = manifest.services.map(({ name }) => name);
  const document = {
    valid: true,
    file,
    project: manifest.name,
    services,
    fixedEnvironments: fixedEnvironments(manifest),
  };
  tools.ui.result(
    options,
    document,
    `${file} is valid: project ${manifest.name}, ${count(services.length, "service")}`,
  );
}
