import { randomBytes } from "node:crypto";
import { isGenerated } from "../manifest/conventions.js";
import { base32 } from "../naming/hash.js";
import { askConsent } from "../scaffold/ask.js";
import { type FlagTexts, parseFlags } from "../scaffold/flags.js";
import { listFiles } from "../scaffold/list.js";
import { changes, type PlannedFile, planFiles } from "../scaffold/plan.js";
import { planRemote } from "../scaffold/remote.js";
import type { Sample } from "../scaffold/template.js";
import { readTemplates } from "../scaffold/templates.js";
import { describeFiles } from "../scaffold/wanted.js";
import { readInside, writeFiles } from "../scaffold/write.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { findProject } from "./init.project.js";
import { documentOf, nextCommands, planText, resultText } from "./init.report.js";

export type InitOptions = GlobalOptions &
  FlagTexts & { yes?: boolean; sample?: Sample; install?: boolean; dryRun?: boolean };

export type InitTools = Pick<Tools, "ui" | "prompt" | "git" | "manifest" | "cloudName" | "localRemote" | "infra">;

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

  const project = await findProject({ flags, sample, interactive, yes, root, files, templates }, tools, newId);
  const current = (file: string) => readInside(root, file);
  const wanted = describeFiles({ ...project, templates, foreign: (file) => isForeign(current(file)) });
  const planned = planFiles(wanted, current, interactive);
  const remote = planRemote(root, await git.remotes());
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

/** Shows what is different from what init would write; those that it may not replace stay. */
async function consent(planned: readonly PlannedFile[], { ui, prompt }: InitTools): Promise<PlannedFile[]> {
  for (const { action, diff } of planned) if (action === "keep" && diff !== null) ui.note(diff.trimEnd());
  return askConsent(planned, prompt, ({ diff }) => ui.note((diff ?? "").trimEnd()));
}

function isForeign(dockerfile: string | null): boolean {
  return dockerfile !== null && !isGenerated(dockerfile);
}

function randomId(): string {
  return base32(randomBytes(ID.bytes), ID.characters);
}
