import { entry, expression, indent, paragraphs } from "./text.js";

/** One right of a job's token, and what the job needs it for. */
export type Permission = { scope: string; level: "read" | "write"; why: string };

export type Job = {
  id: string;
  name: string;
  needs?: string;
  /** Condition without `${{ }}`, with the comment above it. */
  condition?: { text: string; why: string };
  /** Minutes. */
  timeout: number;
  permissions: Permission[];
  /** GitHub environment: its name as a value, and where the URL of the deployment comes from. */
  environment?: { name: string; url?: string; why: string };
  /** Group as a value; what changes an environment is never cancelled and never dropped. */
  turn?: { group: string; why: string };
  /** Group as a value, in which a newer run replaces an older one. */
  latest?: { group: string; why: string };
  /** Lines between the head and the steps, like `strategy:`. */
  more?: string[];
  /** Signs in to Azure. */
  azure?: boolean;
  /** Runs Terraform, and so has a folder for its providers. */
  terraform?: boolean;
  steps: string[];
};

/** What a workflow file is rendered for, besides the manifest. */
export type Platform = {
  runner: string;
  /** False on GitHub Enterprise Server, which does not know `queue`. */
  queue: boolean;
};

/** A job as YAML, to stand below `jobs:`. */
export function renderJob(job: Job, platform: Platform): string {
  const head = [
    `name: ${job.name}`,
    ...(job.needs === undefined ? [] : [`needs: ${job.needs}`]),
    ...(job.condition === undefined ? [] : [comment(job.condition.why), entry("if", job.condition.text)]),
    `runs-on: ${platform.runner}`,
    `timeout-minutes: ${job.timeout}`,
    permissions(job.permissions),
    ...(job.environment === undefined ? [] : [environment(job.environment)]),
    ...concurrency(job, platform),
    ...(job.more ?? []),
    ...variables(job),
  ];
  const body = `${head.join("\n")}\nsteps:\n${indent(paragraphs(job.steps), 2)}`;
  return `${job.id}:\n${indent(body, 2)}`;
}

const AZURE = `# Azure trusts the token that GitHub makes for this job: no secret is stored, and ids are variables.
ARM_USE_OIDC: true
ARM_USE_AZUREAD: true
ARM_USE_CLI: false
ARM_CLIENT_ID: ${expression("vars.AZURE_CLIENT_ID")}
ARM_TENANT_ID: ${expression("vars.AZURE_TENANT_ID")}
ARM_SUBSCRIPTION_ID: ${expression("vars.AZURE_SUBSCRIPTION_ID")}`;
const PROVIDERS = `TF_PLUGIN_CACHE_DIR: ${expression("github.workspace")}/.paas/plugins`;

function variables({ azure = false, terraform = false }: Job): string[] {
  const lines = [...(azure ? [AZURE] : []), ...(terraform ? [PROVIDERS] : [])];
  return lines.length > 0 ? [`env:\n${indent(lines.join("\n"), 2)}`] : [];
}

function permissions(granted: Permission[]): string {
  const lines = granted.map(({ scope, level, why }) => `${scope}: ${level} # ${why}`);
  return `permissions:\n${indent(lines.join("\n"), 2)}`;
}

function environment({ name, url, why }: NonNullable<Job["environment"]>): string {
  const value = [entry("name", name), ...(url === undefined ? [] : [entry("url", url)])];
  const simple = url === undefined && !name.includes("\n");
  return `${comment(why)}\n${simple ? `environment: ${name}` : `environment:\n${indent(value.join("\n"), 2)}`}`;
}

function concurrency({ turn, latest }: Job, { queue }: Platform): string[] {
  if (turn) {
    const lines = [
      entry("group", turn.group),
      "cancel-in-progress: false # a cancelled apply leaves its lock, and resources that no state knows",
      ...(queue ? ["queue: max # else a later run cancels the waiting one, and a queued destroy is lost"] : []),
    ];
    return [`${comment(turn.why)}\nconcurrency:\n${indent(lines.join("\n"), 2)}`];
  }
  if (latest) {
    const lines = [entry("group", latest.group), "cancel-in-progress: true"];
    return [`${comment(latest.why)}\nconcurrency:\n${indent(lines.join("\n"), 2)}`];
  }
  return [];
}

export function comment(text: string): string {
  return text.replace(/^/gm, "# ");
}
