import type { Manifest, Runtime, Service } from "../manifest/manifest.js";
import type { App } from "./app.js";
import { join } from "./listing.js";
import { SCHEMA_FILE } from "./manifest-text.js";
import type { WantedFile } from "./plan.js";
import { renderDockerfile } from "./render-dockerfile.js";
import type { Template, Templates } from "./template.js";

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
  const { file, text } = manifest.source;
  const wanted: WantedFile[] = [
    ...ours(sample),
    ...manifest.services.flatMap((service) => imageFiles(request, service)),
    { path: ".gitignore", content: gitignoreLines(manifest), as: "lines" },
    ...ours(templates.infra, "infra"),
    { path: SCHEMA_FILE, content: templates.schema, as: "ours" },
    { path: file, content: text, as: "once" },
  ];
  // Two services in one folder share its Dockerfile.
  return wanted.filter(({ path }, index) => wanted.findIndex((other) => other.path === path) === index);
}

function ours(template: Template, folder = "."): WantedFile[] {
  return Object.entries(template).map(([path, content]) => ({ path: join(folder, path), content, as: "ours" }));
}

/** An app with a Dockerfile of its own has its own ideas about what goes into the image, too. */
function imageFiles({ apps, templates, foreign }: WantedRequest, service: Service): WantedFile[] {
  const app = apps.get(service.name);
  const path = join(service.path, "Dockerfile");
  const dockerfile = app && !foreign(path) ? renderDockerfile(templates.dockerfiles, app, service) : null;
  if (dockerfile === null) return [];
  const ignored = templates.ignore[".dockerignore"] ?? "";
  return [
    { path, content: dockerfile, as: "ours" },
    { path: join(service.path, ".dockerignore"), content: ignored, as: "once" },
  ];
}

function gitignoreLines({ services }: Manifest): string {
  const lines = [".paas/", ...services.flatMap(({ runtime }) => MADE[runtime])];
  return `${[...new Set(lines)].join("\n")}\n`;
}
