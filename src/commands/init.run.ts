import { randomBytes } from "node:crypto";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest } from "../manifest/manifest.js";
import { requireManifest } from "../manifest/parse.js";
import { MANIFEST_FILE } from "../manifest/read.js";
import { base32 } from "../naming/hash.js";
import type { App } from "../scaffold/app.js";
import { askAnswers, askConsent, askSample, requireAnswers } from "../scaffold/ask.js";
import { describeApp, detectServices, isEmpty } from "../scaffold/detect.js";
import { isGenerated } from "../scaffold/dockerfile.js";
import { type Flags, type FlagTexts, parseFlags, requireSameAnswers } from "../scaffold/flags.js";
import { type Listing, listFiles } from "../scaffold/listing.js";
import { renderManifest } from "../scaffold/manifest-text.js";
import { changes, type PlannedFile, planFiles } from "../scaffold/plan.js";
import { requireRoomForSample, withSample, withSampleVariables } from "../scaffold/sample.js";
import { suggestAnswers } from "../scaffold/suggest.js";
import { readSample, readTemplates, type Sample, type Template } from "../scaffold/templates.js";
import { describeFiles } from "../scaffold/wanted.js";
import { readInside, writeFiles } from "../scaffold/write.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { initDocument, initText, nextCommands, planText, serviceLines } from "./init.report.js";

export type InitOptions = GlobalOptions &
  FlagTexts & { yes?: boolean; sample?: Sample; install?: boolean; dryRun?: boolean };

export type InitTools = Pick<Tools, "ui" | "prompt" | "git" | "manifest" | "cloudName"> & {
  localRemote?: {
    /** Makes the bare repository behind the git remote `local`. */
    create(root: string): Promise<unknown>;
  };
  infra?: {
    /** Installs the packages of `infra/`. */
    install(root: string, onLine: (line: string) => void): Promise<unknown>;
  };
};

/** What the project is, and what is known about the app of each service. */
type Project = { manifest: Manifest; apps: Map<string, App>; sample: Template };

const REMOTE = { name: "local", url: ".paas/local/remote.git" };
/** 130 bits make 26 base32 characters. */
const ID = { bytes: 17, characters: 26 };

/** @param newId makes the id of a new project */
export async function init(options: InitOptions, tools: InitTools, newId = randomId): Promise<void> {
  const git = await tools.git();
  await tools.cloudName();
  const flags = parseFlags(options);
  const interactive = tools.prompt.interactive && !options.yes;
  const files = listFiles(git.root);
  const project = await describeProject({ ...options, flags, interactive, files, root: git.root }, tools, newId);
  for (const line of serviceLines(project.manifest, project.apps)) tools.ui.note(line);
  for (const { warnings } of project.apps.values()) for (const warning of warnings) tools.ui.warn(warning);

  const current = (file: string) => readInside(git.root, file);
  const foreign = (file: string) => !isGenerated(files.text(file) ?? "") && files.has(file);
  const wanted = describeFiles({ ...project, templates: readTemplates(), foreign });
  const planned = planFiles(wanted, current, interactive);
  const remotes = await git.remotes();
  const dirty = await git.dirty();
  const result = (plan: PlannedFile[]) => {
    const next = nextCommands(plan, dirty);
    const document = initDocument({ ...project, files: plan, next, dryRun: options.dryRun ?? false });
    tools.ui.result(options, document, options.dryRun ? planText(plan, next) : initText(plan, next));
  };
  if (options.dryRun) return result(planned);

  for (const { diff, action } of planned) if (action === "keep" && diff !== null) tools.ui.note(diff);
  const decided = await askConsent(planned, tools.prompt, ({ diff }) => tools.ui.note(diff ?? ""));
  writeFiles(git.root, changes(decided));
  await addRemote(remotes[REMOTE.name], tools);
  if (options.install) await tools.infra?.install(git.root, tools.ui.note);
  result(decided);
}

type Request = {
  flags: Flags;
  interactive: boolean;
  files: Listing;
  root: string;
  yes?: boolean;
  sample?: Sample;
};

async function describeProject(request: Request, tools: InitTools, newId: () => string): Promise<Project> {
  const { files, flags } = request;
  const known = await existingManifest(tools);
  if (known) {
    requireSameAnswers(flags, known);
    const sample = request.sample ? readSample(request.sample) : {};
    const seen = withSample(files, sample);
    const apps = known.services.map(({ name, path, runtime }) => [name, describeApp(seen, path, runtime)] as const);
    return { manifest: known, apps: new Map(apps), sample };
  }
  requireOwnInfra(files);
  const chosen = request.sample ?? (await sampleForEmpty(request, tools));
  const sample = chosen ? readSample(chosen) : {};
  if (chosen) requireRoomForSample(files, sample);
  const { answers, apps } = suggestAnswers(withSample(files, sample), path.basename(request.root), flags);
  if (!request.interactive && !request.yes) requireAnswers(answers, flags);
  if (request.interactive) for (const line of serviceLines(answers, apps)) tools.ui.note(line);
  const asked = request.interactive ? await askAnswers(answers, flags, tools.prompt) : answers;
  const text = renderManifest(chosen ? withSampleVariables(asked) : asked, newId());
  return { manifest: requireManifest(text, MANIFEST_FILE), apps, sample };
}

async function existingManifest(tools: InitTools): Promise<Manifest | null> {
  try {
    return await tools.manifest();
  } catch (error) {
    if (error instanceof PaasError && error.code === "manifest-missing") return null;
    throw error;
  }
}

async function sampleForEmpty({ files, flags, interactive, yes }: Request, tools: InitTools): Promise<Sample | null> {
  if (!isEmpty(files) || detectServices(files).length > 0 || flags.services.length > 0 || flags.runtime) return null;
  if (interactive) return askSample(tools.prompt);
  if (yes) return "node";
  throw new PaasError("answer-missing", "this repository is empty, and nobody can be asked what to begin with", {
    details: ["pass --sample node or --sample static, or add your app first"],
    next: "`paas init --yes` begins with the Node sample",
    exit: EXIT.usage,
  });
}

/** An `infra/` that is not of this kind is somebody's work: nothing is mixed into it. */
function requireOwnInfra(files: Listing): void {
  const there = files.paths.filter((file) => file.startsWith("infra/"));
  if (there.length === 0 || files.has("infra/cdktf.json")) return;
  throw new PaasError("infra-in-the-way", "infra/ is there already, and it is no CDKTF app", {
    details: there.slice(0, 5),
    next: "move it (`git mv infra infrastructure`), then run `paas init` again",
    exit: EXIT.usage,
  });
}

async function addRemote(present: string | undefined, tools: InitTools): Promise<void> {
  const git = await tools.git();
  await tools.localRemote?.create(git.root);
  if (present === undefined) return git.addRemote(REMOTE.name, REMOTE.url);
  const own = path.resolve(git.root, present) === path.resolve(git.root, REMOTE.url);
  if (!own)
    tools.ui.warn(
      `the git remote ${REMOTE.name} is ${present}: \`git remote add <other name> ${REMOTE.url}\` for the local cloud`,
    );
}

function randomId(): string {
  return base32(randomBytes(ID.bytes), ID.characters);
}
