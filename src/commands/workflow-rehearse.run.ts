import os from "node:os";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import { trustedManifest } from "../pipeline/source.js";
import { packageCache } from "../terraform/packages.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { githubEnvironments } from "../workflow/github-environments.js";
import type { Identity } from "../workflow/rehearse/oidc.js";
import { rehearse } from "../workflow/rehearse/rehearse.js";
import type { Status } from "../workflow/rehearse/transcript.js";
import { type EventOptions, pairOf, parseEvent } from "../workflow/rehearse/words.js";
import { progressLine, reportText } from "./workflow-rehearse.report.js";

export type WorkflowRehearseOptions = GlobalOptions &
  EventOptions & { event: string[]; dry?: boolean; standIn?: string[]; var?: string[]; secret?: string[] };
export type WorkflowRehearseTools = Pick<
  Tools,
  "ui" | "root" | "git" | "manifest" | "cloudName" | "cloud" | "variables" | "folder" | "signal"
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

/** What reaches the steps of the caller's environment: where programs are, and how this machine reaches the network. */
const PASSED = [
  ...["PATH", "TERM", "NO_COLOR", "PAAS_TERRAFORM", "npm_config_registry"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

function stepVariables(root: string, variables: NodeJS.ProcessEnv): Record<string, string> {
  const passed = PASSED.map((name) => [name, variables[name]] as const);
  return {
    ...Object.fromEntries(passed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    PAAS_CLOUD: "local",
    // The checkout of a job is another folder: its environments are those of this one all the same.
    PAAS_LOCAL_ROOT: root,
    PAAS_CACHE_DIR: path.dirname(packageCache(variables)),
    npm_config_cache: variables.npm_config_cache ?? path.join(variables.HOME ?? os.homedir(), ".npm"),
    npm_config_update_notifier: "false",
    CHECKPOINT_DISABLE: "1",
  };
}

function standInsOf(texts: string[] | undefined, folder: string): Record<string, string> {
  const named = Object.entries(pairs(texts, "--stand-in"));
  return Object.fromEntries(named.map(([action, place]) => [action.toLowerCase(), path.resolve(folder, place)]));
}

function pairs(texts: string[] = [], option: string): Record<string, string> {
  return Object.fromEntries(texts.map((text) => pairOf(text, option)));
}

/** `owner/name` from the address of origin; the numbers in it only GitHub knows. */
function identityOf({ origin = "" }: Record<string, string>, root: string): Identity {
  const found = /[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(origin)?.[1];
  return { repository: found ?? `owner/${path.basename(root)}`, ownerId: "OWNER-ID", repositoryId: "REPOSITORY-ID" };
}
