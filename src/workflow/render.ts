import type { Manifest } from "../manifest/manifest.js";
import type { Platform } from "./job.js";
import { renderEnvironmentWorkflow } from "./render-environment.js";
import { renderNightlyWorkflow } from "./render-nightly.js";
import { renderPullRequestWorkflow } from "./render-pull-request.js";

/** How the CLI that workflows run is pinned in `infra/package.json`. */
export type PinnedCli = {
  version: string;
  /** Path of the vendored package, `infra/vendor/paas-cli-….tgz`; null when it comes from the registry. */
  tarball: string | null;
};

export type WorkflowRequest = {
  manifest: Manifest;
  cli: PinnedCli;
  defaultBranch: string;
  /** The repository lies on a GitHub Enterprise Server, which knows less syntax. */
  enterpriseServer?: boolean;
  /** Label of the runners. */
  runner?: string;
};

export type RenderedFile = { path: string; text: string };

/** The request with every default filled in; what each file is rendered from. */
export type Workflow = Required<Omit<WorkflowRequest, "enterpriseServer" | "runner">> & { platform: Platform };

export const WORKFLOW_FOLDER = ".github/workflows";
export const WORKFLOW_FILES = {
  environment: `${WORKFLOW_FOLDER}/paas-environment.yml`,
  pullRequest: `${WORKFLOW_FOLDER}/paas-pull-request.yml`,
  nightly: `${WORKFLOW_FOLDER}/paas-nightly.yml`,
} as const;

/** The workflow files of a project, as `init` writes them. */
export function renderWorkflows(request: WorkflowRequest): RenderedFile[] {
  const { manifest, cli, defaultBranch, enterpriseServer = false, runner = "ubuntu-24.04" } = request;
  const workflow: Workflow = { manifest, cli, defaultBranch, platform: { runner, queue: !enterpriseServer } };
  return [
    { path: WORKFLOW_FILES.environment, text: renderEnvironmentWorkflow(workflow) },
    { path: WORKFLOW_FILES.pullRequest, text: renderPullRequestWorkflow(workflow) },
    { path: WORKFLOW_FILES.nightly, text: renderNightlyWorkflow(workflow) },
  ];
}
