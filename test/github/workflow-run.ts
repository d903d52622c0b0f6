import fs from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { openGithub } from "../../src/github/api.js";
import { readContext } from "../../src/github/read-context.js";
import { createReporter } from "../../src/github/reporter.js";
import { readManifest } from "../../src/manifest/read.js";
import type { Tools } from "../../src/tools.js";
import { createUi } from "../../src/ui/ui.js";
import { temporaryFolder } from "../helpers/repository.js";
import type { Surroundings } from "../pipeline/surroundings.js";
import { Clock } from "./open.js";
import { REPOSITORY } from "./payloads.js";
import { type StandIn, TOKEN } from "./stand-in.js";

/** A step of a workflow run that is played in this process: the tools that its command gets, and what it left behind. */
export type WorkflowStep = {
  tools: Tools;
  clock: Clock;
  /** Read once, at the end. */
  stdout(): string;
  stderr(): string;
  summary(): string;
  /** Outputs as the runner reads them. */
  outputs(): Record<string, string>;
};

export type Happening = {
  event: string;
  payload: object;
  /** GITHUB_SHA. */
  sha?: string;
  standIn: StandIn;
};

export async function workflowStep(here: Surroundings, happening: Happening): Promise<WorkflowStep> {
  const { standIn } = happening;
  const fileAt = (name: string, text: string) => {
    const file = path.join(temporaryFolder("step-"), name);
    fs.writeFileSync(file, text);
    return file;
  };
  const variables = {
    ...here.doors.variables,
    NO_COLOR: "1",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: happening.event,
    GITHUB_EVENT_PATH: fileAt("event.json", JSON.stringify(happening.payload)),
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_SHA: happening.sha ?? "",
    GITHUB_RUN_ID: "8812",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_API_URL: standIn.apiUrl,
    GITHUB_TOKEN: TOKEN,
    GITHUB_OUTPUT: fileAt("output", ""),
    GITHUB_STEP_SUMMARY: fileAt("summary", ""),
  };
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const ui = createUi(variables, streams as unknown as { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream });
  const context = await readContext(variables);
  if (context === null) throw new Error("this is no Actions run");
  const { cloud, git, now, signal } = here.doors;
  const clock = new Clock();
  const github = await openGithub(context, TOKEN, signal, clock);
  const reporter = createReporter({ context, github, ui, clock: () => performance.now(), signal });
  const unused = () => Promise.reject(new Error("nobody needs this here"));
  const tools: Tools = {
    ui,
    prompt: { interactive: false, text: unused, secret: unused, select: unused, confirm: unused },
    now,
    variables,
    folder: here.repository.folder,
    signal,
    git: async () => git,
    root: async () => git.root,
    home: async () => git.root,
    manifest: async () => readManifest(git.root),
    cloudName: async () => cloud.name,
    subscription: async () => cloud.subscriptionId,
    cloud: async () => cloud,
    runningCloud: async () => cloud,
    localRemote: { create: unused },
    packageFolder: unused,
    infra: { install: unused },
    actions: async () => context,
    github: async () => github,
    reporter: async () => reporter,
    close: async () => {},
  };
  return {
    tools,
    clock,
    stdout: () => String(streams.stdout.read() ?? ""),
    stderr: () => String(streams.stderr.read() ?? ""),
    summary: () => fs.readFileSync(variables.GITHUB_STEP_SUMMARY, "utf8"),
    outputs: () => outputsIn(fs.readFileSync(variables.GITHUB_OUTPUT, "utf8")),
  };
}

function outputsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2\n/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}
