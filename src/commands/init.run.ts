import { randomBytes } from "node:crypto";
import { isGenerated } from "../manifest/conventions.js";
import { base32 } from "../naming/hash.js";
import { askConsent, askOwners } from "../scaffold/ask.js";
import { readCliPackage } from "../scaffold/cli-package.js";
import { keptPin } from "../scaffold/cli-pin.js";
import { type Flags, type FlagTexts, parseFlags } from "../scaffold/flags.js";
import { codeownersFile, describeGithub } from "../scaffold/github-files.js";
import { listFiles } from "../scaffold/list.js";
import { changes, type PlannedFile, planFiles } from "../scaffold/plan.js";
import { planRemote } from "../scaffold/remote.js";
import type { Sample } from "../scaffold/template.js";
import { readTemplates } from "../scaffold/templates.js";
import { vendorCli } from "../scaffold/vendor.js";
import { describeFiles } from "../scaffold/wanted.js";
import { readInside, writeFiles } from "../scaffold/write.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { unowned } from "../workflow/codeowners.js";
import { WORKFLOW_FILES } from "../workflow/render.js";
import { onGithubCom } from "../workflow/server.js";
import { findProject } from "./init.project.js";
import { documentOf, nextCommands, planText, resultText } from "./init.report.js";

export type InitOptions = GlobalOptions &
  FlagTexts & { yes?: boolean; sample?: Sample; install?: boolean; dryRun?: boolean };

export type InitTools = Pick<
  Tools,
  "ui" | "prompt" | "git" | "manifest" | "cloudName" | "localRemote" | "infra" | "packageFolder" | "variables"
>;

/** 130 bits make 26 base32 characters. */
const ID = { bytes: 17, characters: 26 };

/** @param newId makes the id of a new project */
export async function init(options: InitOptions, tools: InitTools, newId = randomId): Promise<void> {
  const flags = parseFlags(options);
  const git = await tools.git();
  await tools.cloudName();
  const { root } = git;
  const { yes = false, sample = null, dryRun = false } = options;
  const interactive = tools.prompt.interactive && !yes;
  const templates = readTemplates();
  const files = listFiles(root);
  const dirty = await git.dirty();
  const remotes = await git.remotes();

  const project = await findProject({ flags, sample, interactive, yes, root, files, templates }, tools, newId);
  const current = (file: string) => readInside(root, file);
  const cli = vendorCli(root, readCliPackage(await tools.packageFolder()));
  const kept = keptPin(current("infra/package.json"), cli.release.version);
  if (kept !== null) tools.ui.note(`infra/package.json pins paas-cli ${kept}: it stays`);
  const github = describeGithub({
    manifest: project.manifest,
    cli: { version: cli.release.version, tarball: kept === null ? cli.path : null },
    defaultBranch: (await git.defaultBranch()).replace(/^origin\//, ""),
    enterpriseServer: !onGithubCom(tools.variables, remotes),
    owners: await findOwners(flags, interactive, current, tools),
    has: (file) => current(file) !== null,
  });
  const foreign = (file: string) => isForeign(current(file));
  const wanted = describeFiles({ ...project, templates, cli: kept === null ? cli : null, github, foreign });
  const planned = planFiles(wanted, current, interactive);
  for (const { hint } of planned) if (hint !== null) tools.ui.warn(hint);
  const remote = planRemote(root, remotes);
  if (dryRun) {
    const outcome = { ...project, files: planned, remote, next: nextCommands(planned, dirty) };
    return tools.ui.result(options, { ...documentOf(outcome), dryRun }, planText(outcome));
  }

  const decided = await consent(planned, tools);
  writeFiles(root, changes(decided));
  await tools.localRemote.create(root);
  if (remote.action === "create") await git.addRemote(remote.name, remote.url);
  if (remote.action === "keep") tools.ui.warn(`the git remote ${remote.name} leads elsewhere: ${remote.url}`);
  if (options.install) await tools.infra.install(root, tools.ui.note);
  const outcome = { ...project, files: decided, remote, next: nextCommands(decided, dirty) };
  tools.ui.result(options, { ...documentOf(outcome), dryRun }, resultText(outcome));
}

/** Owners from flags; someone who can be asked is asked once, before the first workflow is written. */
async function findOwners(
  { owners }: Flags,
  interactive: boolean,
  current: (file: string) => string | null,
  { prompt }: InitTools,
): Promise<string[] | null> {
  if (owners.length > 0) return owners;
  const file = codeownersFile((path) => current(path) !== null);
  const settled = current(WORKFLOW_FILES.environment) !== null || unowned(current(file) ?? "").length === 0;
  return interactive && !settled ? askOwners(prompt) : null;
}

/** Shows what is different from what init would write; those that it may not replace stay. */
async function consent(planned: readonly PlannedFile[], { ui, prompt }: InitTools): Promise<PlannedFile[]> {
  const shown = ({ action }: PlannedFile) => action === "keep" || action === "update";
  for (const { diff } of planned.filter(shown)) if (diff !== null) ui.note(diff.trimEnd());
  return askConsent(planned, prompt, ({ diff }) => ui.note((diff ?? "").trimEnd()));
}

function isForeign(dockerfile: string | null): boolean {
  return dockerfile !== null && !isGenerated(dockerfile);
}

function randomId(): string {
  return base32(randomBytes(ID.bytes), ID.characters);
}
