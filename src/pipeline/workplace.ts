import fs from "node:fs/promises";
import path from "node:path";
import type { Environment, Platform } from "../environment/environment.js";
import type { PlatformDescription } from "../environment/platform.js";
import type { Source } from "./source.js";

/** What the CDKTF app reads from the file that `PAAS_ENVIRONMENT_FILE` names. */
export type EnvironmentFile =
  | { schemaVersion: 1; stack: "environment"; environment: Environment; platform: Platform }
  | { schemaVersion: 1; stack: "platform"; platform: PlatformDescription };

/** Folder of one run: `.paas/work/<cloud>/<envId>/`, closed to others; nothing of a run lies anywhere else. */
export type Workplace = {
  folder: string;
  /** Files of the commit, exactly as committed. */
  source: string;
  /** The commit's CDKTF app. */
  infra: string;
  environmentFile: string;
  /** Build context of a service. */
  context(service: string): string;
};

export function workplaceAt(folder: string): Workplace {
  return {
    folder,
    source: path.join(folder, "source"),
    infra: path.join(folder, "source", "infra"),
    environmentFile: path.join(folder, "environment.json"),
    context: (service) => path.join(folder, "context", service),
  };
}

/** Empties the workplace of the last run and fills it with the commit's files. */
export async function checkOut(source: Source, workplace: Workplace): Promise<void> {
  await fs.mkdir(workplace.folder, { recursive: true, mode: 0o700 });
  await fs.chmod(workplace.folder, 0o700);
  await fs.rm(workplace.source, { recursive: true, force: true });
  await source.objects.exportTree(source.commit.sha, workplace.source);
}

export async function writeEnvironmentFile(file: string, content: EnvironmentFile): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await fs.writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
