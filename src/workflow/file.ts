import { comment, type Job, renderJob } from "./job.js";
import type { Workflow } from "./render.js";
import { indent, paragraphs, scalar } from "./text.js";

export type FileParts = {
  name: string;
  /** Title of a run, as a value. */
  runName?: string;
  /** The block `on:`. */
  on: string;
  jobs: Job[];
};

/** A workflow file; ends in a newline. */
export function renderFile(about: string, workflow: Workflow, { name, runName, on, jobs }: FileParts): string {
  const { defaultBranch, platform } = workflow;
  return `${paragraphs([
    comment(about),
    comment(origin(workflow)),
    [`name: ${name}`, ...(runName === undefined ? [] : [`run-name: ${runName}`])].join("\n"),
    on,
    "# A job may do what it says, and nothing else.\npermissions: {}",
    `env:
  # Its paas.yaml alone decides which branches are fixed environments, their tier and their protection.
  PAAS_DEFAULT_BRANCH: ${scalar(defaultBranch)}`,
    `jobs:\n${indent(paragraphs(jobs.map((job) => renderJob(job, platform))), 2)}`,
  ])}\n`;
}

/** The version that wrote a workflow file, as the file says it; null where it says none. */
export function writtenBy(text: string): string | null {
  return /^# Written by paas (\S+)\. /m.exec(text)?.[1] ?? null;
}

function origin({ cli }: Workflow): string {
  // Its name changes with each version, and a file that says it would change along.
  const source = cli.tarball === null ? "" : `, from ${cli.tarball.replace(/[^/]*$/, "")}`;
  return `Written by paas ${cli.version}. What runs is the version that infra/package.json pins${source}.
This file is yours to change: \`paas workflow lint\` says whether environments are still safe,
\`paas workflow rehearse push env-alice\` runs it on this machine.`;
}
