import { renderFile } from "./file.js";
import { SHARED } from "./github-environments.js";
import type { Job } from "./job.js";
import type { Workflow } from "./render.js";
import { RIGHT } from "./rights.js";
import { buildx, checkout, cli, PAAS, workplace } from "./steps.js";
import { expression } from "./text.js";
import { applyMinutes } from "./time-limits.js";

const ABOUT = `Every pull request is validated. One from this repository is planned, too, and with the label \`preview\` it gets an
environment of its own, pr-<number>, until the label is removed or the pull request is closed.`;

/** Label that asks for a preview. */
const LABEL = "preview";
const TRUSTED = `github.event.pull_request.head.repo.full_name == github.repository &&
github.event.pull_request.user.login != 'dependabot[bot]'`;
const UPDATED = `contains(fromJSON('["opened", "reopened", "synchronize"]'), github.event.action)`;
const WHY_TRUSTED = "Forks and Dependabot bring code that nobody with write access has seen: no credentials for it.";
const TURN = {
  why: "The same group as in the other workflows: whatever changes this environment waits for its turn.",
  group: `paas-pr-${expression("github.event.pull_request.number")}`,
};

/** `paas-pull-request.yml`. */
export function renderPullRequestWorkflow(workflow: Workflow): string {
  return renderFile(ABOUT, workflow, {
    name: "Pull request",
    on: `on:
  pull_request:
    types:
      - opened
      - reopened
      - synchronize
      - labeled
      - unlabeled
      - closed`,
    jobs: [validateJob(), planJob(), previewJob(workflow), removeJob(workflow)],
  });
}

function validateJob(): Job {
  return {
    id: "validate",
    name: "Validate",
    condition: { why: "Not again for every label.", text: UPDATED },
    timeout: 10,
    permissions: [RIGHT.checkout()],
    steps: [
      checkout(),
      ...cli(),
      `- name: Check paas.yaml
  run: ${PAAS} validate`,
      `- name: Check the workflow files
  run: ${PAAS} workflow lint`,
      `- name: Say why there is no plan
  if: >-
    github.event.pull_request.head.repo.full_name != github.repository ||
    github.event.pull_request.user.login == 'dependabot[bot]'
  run: echo "No plan and no preview. Pull requests from forks and by Dependabot get no credentials." >> "$GITHUB_STEP_SUMMARY"`,
    ],
  };
}

function planJob(): Job {
  return {
    id: "plan",
    name: "Plan",
    condition: { why: WHY_TRUSTED, text: `${UPDATED} &&\n${TRUSTED}` },
    timeout: 20,
    permissions: [RIGHT.checkout(), RIGHT.signIn, RIGHT.comment],
    environment: { why: "Its identity can read and nothing else.", name: SHARED.plan },
    latest: {
      why: "A plan writes nothing, so that of an older commit may be cancelled.",
      group: `paas-plan-${expression("github.event.pull_request.number")}`,
    },
    azure: true,
    terraform: true,
    steps: [
      ...workplace({ withDefaultBranch: true }),
      `- name: Plan, and comment
  env:
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} plan --comment`,
    ],
  };
}

function previewJob({ manifest }: Workflow): Job {
  return {
    id: "preview",
    name: "Create or update the preview",
    condition: {
      why: `${WHY_TRUSTED}\npaas asks GitHub whether who set the label may write.`,
      text: `contains(github.event.pull_request.labels.*.name, '${LABEL}') &&
(
  ${UPDATED} ||
  github.event.action == 'labeled' && github.event.label.name == '${LABEL}'
) &&
${TRUSTED}`,
    },
    timeout: applyMinutes(manifest),
    permissions: [RIGHT.checkout(), RIGHT.signIn, RIGHT.deployments, RIGHT.statuses, RIGHT.comment],
    environment: {
      why: "All previews share one GitHub environment.",
      name: SHARED.preview,
      url: expression("steps.preview.outputs.url"),
    },
    turn: TURN,
    azure: true,
    terraform: true,
    steps: [
      ...workplace({ ref: "github.event.pull_request.head.sha", withDefaultBranch: true }),
      buildx(),
      `- name: Create or update the preview
  id: preview
  env:
    PAAS_ENV: pr-${expression("github.event.pull_request.number")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} up --commit HEAD --comment --lock-timeout 10m`,
    ],
  };
}

function removeJob({ manifest }: Workflow): Job {
  return {
    id: "remove",
    name: "Remove the preview",
    condition: {
      why: "A pull request with conflicts sends no event when it is closed: the nightly workflow finds its preview.",
      text: `(
  github.event.action == 'closed' && contains(github.event.pull_request.labels.*.name, '${LABEL}') ||
  github.event.action == 'unlabeled' && github.event.label.name == '${LABEL}'
) &&
${TRUSTED}`,
    },
    timeout: applyMinutes(manifest),
    permissions: [RIGHT.checkout(), RIGHT.signIn, RIGHT.deployments, RIGHT.comment],
    environment: { why: "All previews share one GitHub environment.", name: SHARED.preview },
    turn: TURN,
    azure: true,
    terraform: true,
    steps: [
      ...workplace({ ref: "github.event.repository.default_branch" }),
      `- name: Remove the preview
  env:
    PAAS_ENV: pr-${expression("github.event.pull_request.number")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} destroy --yes --comment --lock-timeout 10m`,
    ],
  };
}
