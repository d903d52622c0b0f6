import { renderFile } from "./file.js";
import { SHARED } from "./github-environments.js";
import type { Job } from "./job.js";
import type { Workflow } from "./render.js";
import { RIGHT } from "./rights.js";
import { checkout, cli, PAAS, workplace } from "./steps.js";
import { expression } from "./text.js";
import { applyMinutes } from "./time-limits.js";

const ABOUT = `Every night: removes environments whose branch or pull request is gone or whose time is up, and says where the cloud
is not what the state says. Events can be lost; this is what finds their leftovers.`;

const ENVIRONMENT = {
  why: "Runs of the default branch; its identity reaches no production.",
  name: SHARED.destroy,
};

/** `paas-nightly.yml`. */
export function renderNightlyWorkflow(workflow: Workflow): string {
  return renderFile(ABOUT, workflow, {
    name: "Nightly",
    on: `on:
  schedule:
    # UTC, and not on the hour, when GitHub is busiest and drops runs.
    - cron: 17 3 * * *
  workflow_dispatch:`,
    jobs: [listJob(), reapJob(workflow), driftJob()],
  });
}

function listJob(): Job {
  return {
    id: "list",
    name: "List what is left over",
    timeout: 15,
    permissions: [RIGHT.checkout("check out, and see which branches there are"), RIGHT.signIn, RIGHT.readPulls],
    environment: ENVIRONMENT,
    more: [`outputs:\n  environments: ${expression("steps.list.outputs.environments")}`],
    azure: true,
    steps: [
      // Caches of the default branch are the ones that every other branch may read, too.
      checkout(),
      ...cli(),
      `- name: List what is left over
  id: list
  env:
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} reap --plan --json`,
    ],
  };
}

function reapJob({ manifest }: Workflow): Job {
  return {
    id: "reap",
    name: `Remove ${expression("matrix.environment.envId")}`,
    needs: "list",
    condition: { why: "An empty matrix would be an error.", text: "needs.list.outputs.environments != '[]'" },
    timeout: applyMinutes(manifest),
    permissions: [
      RIGHT.checkout("check out, and see whether the branch is still gone"),
      RIGHT.signIn,
      RIGHT.deployments,
      RIGHT.readPulls,
    ],
    environment: ENVIRONMENT,
    turn: {
      why: "The group of the environment's branch, so that a push that brings it back waits, or is waited for.",
      group: `paas-${expression("matrix.environment.branch")}`,
    },
    more: [
      `strategy:
  fail-fast: false # what holds one environment up leaves the others alone
  max-parallel: 4
  matrix:
    environment: ${expression("fromJSON(needs.list.outputs.environments)")}`,
    ],
    azure: true,
    terraform: true,
    steps: [
      ...workplace(),
      `- name: Remove it, if it is still left over
  env:
    PAAS_ENV: ${expression("matrix.environment.envId")}
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} reap --lock-timeout 10m`,
    ],
  };
}

function driftJob(): Job {
  return {
    id: "drift",
    name: "Look for drift",
    needs: "[list, reap]",
    condition: {
      why: "Whatever became of the others; after them, so that nothing is read that is being removed.",
      text: expression("!cancelled()"),
    },
    timeout: 30,
    permissions: [RIGHT.checkout(), RIGHT.signIn],
    environment: ENVIRONMENT,
    azure: true,
    terraform: true,
    steps: [
      ...workplace(),
      `- name: Compare the cloud with the state
  env:
    GITHUB_TOKEN: ${expression("github.token")}
  run: ${PAAS} drift`,
    ],
  };
}
