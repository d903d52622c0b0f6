import type { Manifest, Runtime } from "../manifest/manifest.js";
import type { App } from "./app.js";
import { join } from "./listing.js";
import { SCHEMA_FILE } from "./manifest-text.js";
import type { WantedFile } from "./plan.js";
import { renderDockerfile } from "./render-dockerfile.js";
import type { Template, Templates } from "./templates.js";

export type WantedRequest = {
  manifest: Manifest;
  /** The app of each service, by its name. */
  apps: ReadonlyMap<string, App>;
  templates: Templates;
  /** Files of the sample that was asked for. */
  sample: Template;
  /** Whether a file that is not ours lies there: it is left alone, whatever the runtime says. */
  foreign(path: string): boolean;
};

/** Folders that hold what a build makes, never what a person wrote. */
const MADE: Record<Runtime, string[]> = {
  node: ["node_modules/"],
  python: [".venv/", "__pycache__/"],
  static: [],
  docker: [],
};

/** Every file that belongs to a project; `paas.yaml` comes last, so that its presence says that the rest was written. */
export function describeFiles(request: WantedRequest): WantedFile[] {
  const { manifest, templates, sample } = request;
  return [
    ...Object.entries(sample).map(([path, content]): WantedFile => ({ path, content, as: "ours" })),
    ...manifest.services.flatMap((service) => imageFiles(request, service)),
    { path: ".gitignore", content: gitignoreLines(manifest), as: "lines" },
    ...Object.entries(templates.infra).map(
      ([path, content]): WantedFile => ({ path: `infra/${path}`, content, as: "ours" }),
    ),
    { path: SCHEMA_FILE, content: templates.schema, as: "ours" },
    { path: manifest.source.file, content: manifest.source.text, as: "once" },
  ];
}

function imageFiles({ apps, templates, foreign }: WantedRequest, service: Manifest["services"][number]): WantedFile[] {
  const app = apps.get(service.name);
  const path = join(service.path, "Dockerfile");
  const ignore = join(service.path, ".dockerignore");
  const dockerfile = app && !foreign(path) ? renderDockerfile(templates.dockerfiles, app, service) : null;
  return [
    ...(dockerfile === null ? [] : [{ path, content: dockerfile, as: "ours" } as const]),
    { path: ignore, content: templates.ignore[".dockerignore"] ?? "", as: "once" },
  ];
}

function gitignoreLines({ services }: Manifest): string {
  const lines = [".paas/", ...services.flatMap(({ runtime }) => MADE[runtime])];
  return `${[...new Set(lines)].join("\n")}\n`;
}
