import { branchExpression, destroyEnvironment, namedBranch, otherBranches, upEnvironment } from "./branches.js";
import { renderFile } from "./file.js";
import type { Job } from "./job.js";
import type { Workflow } from "./render.js";
import { RIGHT } from "./rights.js";
import { buildx, PAAS, workplace } from "./steps.js";
import { expression, indent, literalPattern, scalar } from "./text.js";
import { applyMinutes } from "./time-limits.js";

const ABOUT = `A push to env-<name> creates or updates the environment of that branch; deleting the branch removes it.
Run by hand, this file creates, updates, plans, rolls back or removes the environment that you name.`;

const TURN = `Whatever changes an environment waits for its turn, here and in the other workflows: one group for each branch.`;

/** `paas-environment.yml`. */
export function renderEnvironmentWorkflow(workflow: Workflow): string {
  return renderFile(ABOUT, workflow, {
    name: "Environment",
    runName: expression(
      "format('{0} {1}', inputs.command || github.event_name, inputs.environment || github.event.ref)",
    ),
    on: triggers(workflow),
    jobs: [upJob(workflow), destroyJob(workflow)],
  });
}

function triggers({ manifest }: Workflow): string {
  const others = otherBranches(manifest).map(
    ({ envId, branch }) => `- ${scalar(literalPattern(branch))} # environment ${envId}`,
  );
  return `on:
  push:
    # No filter of paths: a branch made at a commit that exists changes no path, and nothing would start.
    branches:
${indent(["- env-**", ...others].join("\n"), 6)}
  # Has no filters, so the job asks. GitHub runs the default branch's file then, whichever branch is gone.
  delete:
  workflow_dispatch:
    inputs:
      command:
        description: What to do
        type: choice
        required: true
        options:
          - up
          - plan
          - rollback
          - destroy
      environment:
        description: The environment, by id (alice) or branch (env-alice)
        type: string
        required: true
      confirm:
        description: To destroy a protected environment, its id once more
        type: string
        required: false`;
}

function upJob(workflow: Workflow): Job {
  const { manifest } = workflow;
  return {
    id: "up",
    name: "Create or update",
    condition: {
      why: "A push can delete, too: that is left to the delete event.",
      text: `github.event_name == 'push' && !github.event.deleted ||
github.event_name == 'workflow_dispatch' && inputs.command != 'destroy'`,
    },
    timeout: applyMinutes(manifest),
    permissions: [
      RIGHT.checkout("check out, and see whether the branch is still there"),
      RIGHT.signIn,
      RIGHT.deployments,
      RIGHT.statuses,
    ],
    environment: {
      why: "Fixed environments have identities and rules of their own; all other branches share one.",
      name: expression(upEnvironment(manifest)),
      url: expression("steps.push.outputs.url || steps.dispatch.outputs.url"),
    },
    turn: { why: TURN, group: `paas-${expression(branchExpression(manifest, "github.ref_name"))}` },
    azure: true,
    terraform: true,
    steps: [
      ...workplace({ ref: namedBranch(manifest), withDefaultBranch: true }),
      buildx(),
      `- name: Create or update the environment of the branch
  id: push
  if: github.event_name == 'push'
  env:
    # A branch may be called anything: its name reaches the shell as a variable, never as a part of the script.
    PAAS_BRANCH: ${expression("github.ref_name")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} up --push --lock-timeout 10m -- "$PAAS_BRANCH"`,
      dispatched("up", "Create or update the environment", `${PAAS} up --lock-timeout 10m`, "dispatch"),
      dispatched("plan", "Show what an update would change", `${PAAS} plan`),
      dispatched("rollback", "Go back to the version before", `${PAAS} rollback --lock-timeout 10m`),
    ],
  };
}

function dispatched(command: string, name: string, run: string, id?: string): string {
  return `- name: ${name}${id === undefined ? "" : `\n  id: ${id}`}
  if: inputs.command == '${command}'
  env:
    PAAS_ENV: ${expression("inputs.environment")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${run}`;
}

function destroyJob(workflow: Workflow): Job {
  const { manifest } = workflow;
  const others = otherBranches(manifest).filter((fixed) => !fixed.protected);
  const names = [
    "startsWith(github.event.ref, 'env-')",
    ...others.map(({ branch }) => `github.event.ref == ${literal(branch)}`),
  ];
  const isOurs = names.length > 1 ? `(${names.join(" ||\n  ")})` : names[0];
  return {
    id: "destroy",
    name: "Destroy",
    condition: {
      why: "Tags are deleted, too, and so are branches that are no environments.",
      text: `github.event_name == 'delete' && github.event.ref_type == 'branch' &&
  ${isOurs} ||
github.event_name == 'workflow_dispatch' && inputs.command == 'destroy'`,
    },
    timeout: applyMinutes(manifest),
    permissions: [
      RIGHT.checkout("check out, and see whether the branch is still gone"),
      RIGHT.signIn,
      RIGHT.deployments,
    ],
    environment: {
      why: "The run of a deleted branch is one of the default branch, which may not use the environment of branches.",
      name: expression(destroyEnvironment(manifest)),
    },
    turn: { why: TURN, group: `paas-${expression(branchExpression(manifest, "github.event.ref"))}` },
    azure: true,
    terraform: true,
    steps: [
      ...workplace(),
      `- name: Remove the environment of the deleted branch
  if: github.event_name == 'delete'
  env:
    PAAS_BRANCH: ${expression("github.event.ref")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} destroy --push --yes --lock-timeout 10m -- "$PAAS_BRANCH"`,
      `- name: Remove the environment
  if: inputs.command == 'destroy'
  env:
    PAAS_ENV: ${expression("inputs.environment")}
    PAAS_CONFIRM: ${expression("inputs.confirm")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} destroy --yes --confirm "$PAAS_CONFIRM" --lock-timeout 10m`,
    ],
  };
}

/** A text as a literal of an expression. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
