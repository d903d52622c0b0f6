import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import { trustedManifest } from "../pipeline/source.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { githubEnvironments } from "../workflow/github-environments.js";
import { rehearse } from "../workflow/rehearse/rehearse.js";
import type { Status } from "../workflow/rehearse/transcript.js";
import { type EventOptions, pairOf, parseEvent } from "../workflow/rehearse/words.js";
import { identityOf, machinePackages, stepVariables } from "./rehearsal.js";
import { progressLine, reportText } from "./workflow-rehearse.report.js";

export type WorkflowRehearseOptions = GlobalOptions &
  EventOptions & { event: string[]; dry?: boolean; standIn?: string[]; var?: string[]; secret?: string[] };
export type WorkflowRehearseTools = Pick<
  Tools,
  "ui" | "root" | "packageFolder" | "git" | "manifest" | "cloudName" | "cloud" | "variables" | "folder" | "signal"
>;

/** Raises an event at the committed workflow files; what they run goes to the local cloud. Exit code 1 when a job fails. */
export async function workflowRehearse(options: WorkflowRehearseOptions, tools: WorkflowRehearseTools): Promise<void> {
  tools.ui.useCloud("local");
  const root = await tools.root();
  const git = await tools.git();
  const event = await parseEvent(options.event, options, git.currentBranch);
  const defaultBranch = (await git.defaultBranch()).replace(/^origin\//, "");
  const manifest = await trustedManifest(git, await tools.manifest());
  const environments = githubEnvironments(manifest, defaultBranch).map(({ name, refs }) => [name, refs] as const);
  const run = options.dry !== true;
  if (run) await openLocalCloud(tools);

  const transcript = await rehearse({
    repository: root,
    defaultBranch,
    event,
    run,
    variables: stepVariables(root, tools.variables),
    vars: pairs(options.var, "--var"),
    secrets: pairs(options.secret, "--secret"),
    standIns: standInsOf(options.standIn, tools.folder),
    environments: Object.fromEntries(environments),
    identity: identityOf(await git.remotes(), root),
    cache: path.join(root, ".paas", "rehearsal", "cache"),
    packages: (infra) => machinePackages(infra, tools),
    onEvent: (progress) => {
      const line = progressLine(progress, tools.ui.palette);
      if (run && line !== null) tools.ui.note(line);
    },
    signal: tools.signal,
  });
  tools.ui.result(options, transcript, reportText(transcript, tools.ui.palette));
  const bad: Status[] = ["failure", "cancelled"];
  if (bad.includes(transcript.result)) process.exitCode = tools.signal.aborted ? EXIT.interrupted : EXIT.failed;
}

/** Its daemon shall not be a child of a step, with a HOME that goes when the rehearsal ends. */
async function openLocalCloud(tools: WorkflowRehearseTools): Promise<void> {
  if ((await tools.cloudName()) !== "local") {
    throw new PaasError(
      "rehearsal-needs-local-cloud",
      "a rehearsal runs against the local cloud, never against Azure",
      {
        next: "add `--cloud local`, or `--dry` to look without running anything",
        exit: EXIT.usage,
      },
    );
  }
  await (await tools.cloud()).close();
}

function standInsOf(texts: string[] | undefined, folder: string): Record<string, string> {
  const named = Object.entries(pairs(texts, "--stand-in"));
  return Object.fromEntries(named.map(([action, place]) => [action.toLowerCase(), path.resolve(folder, place)]));
}

function pairs(texts: string[] = [], option: string): Record<string, string> {
  return Object.fromEntries(texts.map((text) => pairOf(text, option)));
}
