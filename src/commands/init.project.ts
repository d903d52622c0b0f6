import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest } from "../manifest/manifest.js";
import { requireManifest } from "../manifest/parse.js";
import { MANIFEST_FILE } from "../manifest/read.js";
import type { App } from "../scaffold/app.js";
import { askAnswers, askSample, requireAnswers } from "../scaffold/ask.js";
import { describeApp, detectServices, isEmpty } from "../scaffold/detect.js";
import { type Flags, requireSameAnswers } from "../scaffold/flags.js";
import { type Listing, within } from "../scaffold/listing.js";
import { renderManifest } from "../scaffold/manifest-text.js";
import { requireRoomForSample, withSample, withSampleVariables } from "../scaffold/sample.js";
import { suggestAnswers } from "../scaffold/suggest.js";
import type { Sample, Template, Templates } from "../scaffold/template.js";
import { readSample } from "../scaffold/templates.js";
import type { Tools } from "../tools.js";
import { serviceLines } from "./init.report.js";

/** What the project is, and what is known about the app of each service. */
export type Project = {
  manifest: Manifest;
  apps: Map<string, App> /** Files of the chosen sample. */;
  sample: Template;
};

export type ProjectRequest = {
  flags: Flags;
  /** The sample that a flag names. */
  sample: Sample | null;
  /** There is someone who can be asked. */
  interactive: boolean;
  /** Defaults are good enough. */
  yes: boolean;
  root: string;
  files: Listing;
  templates: Templates;
};

type ProjectTools = Pick<Tools, "ui" | "prompt" | "manifest">;

/**
 * The project that is there already, or the one that flags, files and answers describe.
 * @param newId makes the id of a new project
 */
export async function findProject(request: ProjectRequest, tools: ProjectTools, newId: () => string): Promise<Project> {
  const manifest = await existingManifest(tools);
  return manifest ? knownProject(manifest, request, tools) : newProject(request, tools, newId);
}

function knownProject(manifest: Manifest, { flags, sample, files }: ProjectRequest, tools: ProjectTools): Project {
  requireSameAnswers(flags, manifest);
  const template = sample ? readSample(sample) : {};
  const seen = withSample(files, template);
  const { services } = manifest;
  const apps = new Map(services.map(({ name, path, runtime }) => [name, describeApp(seen, path, runtime)]));
  announce(services, apps, tools);
  return { manifest, apps, sample: template };
}

async function newProject(request: ProjectRequest, tools: ProjectTools, newId: () => string): Promise<Project> {
  const { files, flags, interactive, yes, templates, root } = request;
  requireOwnInfra(files, templates.infra);
  const chosen = request.sample ?? (await sampleForEmpty(request, tools));
  const sample = chosen ? readSample(chosen) : {};
  if (chosen) requireRoomForSample(files, sample);

  const { answers, apps } = suggestAnswers(withSample(files, sample), path.basename(root), flags);
  announce(answers.services, apps, tools);
  if (!interactive && !yes) requireAnswers(answers, flags);
  const asked = interactive ? await askAnswers(answers, flags, tools.prompt) : answers;
  const text = renderManifest(chosen ? withSampleVariables(asked) : asked, newId());
  return { manifest: requireManifest(text, MANIFEST_FILE), apps, sample };
}

function announce(services: Parameters<typeof serviceLines>[0], apps: Map<string, App>, { ui }: ProjectTools): void {
  for (const line of serviceLines(services, apps)) ui.note(line);
  for (const warning of [...apps.values()].flatMap(({ warnings }) => warnings)) ui.warn(warning);
}

async function existingManifest(tools: ProjectTools): Promise<Manifest | null> {
  try {
    return await tools.manifest();
  } catch (error) {
    if (error instanceof PaasError && error.code === "manifest-missing") return null;
    throw error;
  }
}

async function sampleForEmpty(
  { files, flags, interactive, yes }: ProjectRequest,
  tools: ProjectTools,
): Promise<Sample | null> {
  const named = flags.services.length > 0 || flags.runtime !== null;
  if (named || !isEmpty(files) || detectServices(files).length > 0) return null;
  if (interactive) return askSample(tools.prompt);
  if (yes) return "node";
  throw new PaasError("answer-missing", "this repository is empty, and nobody can be asked what to begin with", {
    details: ["pass --sample node or --sample static, or add your app first"],
    next: "`paas init --yes` begins with the Node sample",
    exit: EXIT.usage,
  });
}

/** An `infra/` that is not of this kind is somebody's work: nothing is mixed into it. */
function requireOwnInfra(files: Listing, infra: Template): void {
  const there = files.paths.filter((file) => file.startsWith("infra/")).map((file) => within("infra", file));
  if (there.includes("cdktf.json") || there.every((file) => Object.hasOwn(infra, file))) return;
  throw new PaasError("infra-in-the-way", "infra/ is there already, and it is no CDKTF app", {
    details: there.slice(0, 5).map((file) => `infra/${file}`),
    next: "move it (`git mv infra infrastructure`), then run `paas init` again",
    exit: EXIT.usage,
  });
}
