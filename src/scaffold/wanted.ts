import type { Manifest, Runtime, Service } from "../manifest/manifest.js";
import type { App } from "./app.js";
import { type CliRelease, pinInLock, pinInManifest } from "./cli-pin.js";
import { join } from "./listing.js";
import { SCHEMA_FILE } from "./manifest-text.js";
import type { WantedFile } from "./plan.js";
import { renderDockerfile } from "./render-dockerfile.js";
import type { Template, Templates } from "./template.js";
import type { VendoredCli } from "./vendor.js";

export type WantedRequest = {
  manifest: Manifest;
  /** The app of each service, by its name. */
  apps: ReadonlyMap<string, App>;
  templates: Templates;
  /** Files of the sample that was asked for. */
  sample: Template;
  /** The CLI that `infra/` pins; null when the user has pinned one, which stays. */
  cli: VendoredCli | null;
  /** What GitHub needs. */
  github: readonly WantedFile[];
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
  const { manifest, templates, sample, cli, github } = request;
  const { file, text } = manifest.source;
  const wanted: WantedFile[] = [
    ...ours(sample),
    ...manifest.services.flatMap((service) => imageFiles(request, service)),
    { path: ".gitignore", content: gitignoreLines(manifest), as: "lines" },
    ...infraFiles(templates.infra, cli?.release ?? null),
    ...(cli ? vendoredFiles(cli) : []),
    ...github,
    { path: SCHEMA_FILE, content: templates.schema, as: "ours" },
    { path: file, content: text, as: "once" },
  ];
  // Two services in one folder share its Dockerfile.
  return wanted.filter(({ path }, index) => wanted.findIndex((other) => other.path === path) === index);
}

function ours(template: Template, folder = "."): { path: string; content: string; as: "ours" }[] {
  return Object.entries(template).map(([path, content]) => ({ path: join(folder, path), content, as: "ours" }));
}

/** `package.json` and its lock file are the user's, who adds packages to them: the pin alone is ours. */
function infraFiles(infra: Template, release: CliRelease | null): WantedFile[] {
  const pins: Record<string, { merge: typeof pinInLock; hint: string }> = {
    "infra/package.json": { merge: pinInManifest, hint: "it is no JSON: mend it, then `paas init` again" },
    "infra/package-lock.json": {
      merge: pinInLock,
      hint: "it is of another kind: remove it, then `paas init` and `npm install --package-lock-only --prefix infra`",
    },
  };
  return ours(infra, "infra").map(({ path, content }): WantedFile => {
    const pin = pins[path];
    if (pin === undefined) return { path, content, as: "ours" };
    if (release === null) return { path, content, as: "once" };
    const merge = (text: string) => pin.merge(text, release);
    const hint = `${path} does not pin this paas, because ${pin.hint}`;
    return { path, content: merge(content) ?? content, as: "merged", merge, hint };
  });
}

function vendoredFiles({ path, bytes, present, stale }: VendoredCli): WantedFile[] {
  return [
    { path, content: bytes, as: "packed", present },
    ...stale.map((other): WantedFile => ({ path: other, as: "stale" })),
  ];
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
