import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventRequest } from "../../../src/workflow/rehearse/event.js";
import { WORKFLOW_FILES } from "../../../src/workflow/render.js";
import { expression } from "../../../src/workflow/text.js";
import { generated, type Played, projectFiles, type Theatre, theatre } from "./theatre.js";

const PUSH: EventRequest = { kind: "push", branch: "env-alice" };
const DELETE: EventRequest = { kind: "delete", branch: "env-alice" };
const NIGHT: EventRequest = { kind: "schedule", cron: "17 3 * * *" };
const OPENED: EventRequest = { kind: "pull-request", number: 7, action: "opened", head: "topic" };
const FORK: EventRequest = { ...OPENED, fork: true };
const BY_DEPENDABOT: EventRequest = { ...OPENED, actor: "dependabot[bot]" };
const LABELLED: EventRequest = { ...OPENED, action: "labeled", label: "preview" };
const CLOSED: EventRequest = { ...OPENED, action: "closed", labels: ["preview"] };
const DESTROY: EventRequest = { kind: "dispatch", words: ["destroy", "alice"], inputs: {} };

/** A mistake in a generated workflow, and an event that must show it; `run` where a look without running does not. */
type Mutant = [file: keyof typeof WORKFLOW_FILES, from: string | RegExp, to: string, event: EventRequest, how?: "run"];

const MUTANTS: Mutant[] = [
  ["environment", "- env-**", "- refs/heads/env-**", PUSH],
  ["environment", "- env-**", '- "!env-**"', PUSH],
  ["environment", /^ {2}delete:\n/m, "", DELETE],
  ["environment", "github.event_name == 'push' &&", "github.event_name == 'create' &&", PUSH],
  ["environment", "|| 'paas-branch'", "|| 'paas-destroy'", PUSH],
  ["environment", "|| 'paas-destroy'", "|| 'paas-branch'", DELETE],
  ["environment", "queue: max", "queue: single", PUSH],
  ["environment", /cancel-in-progress: false.*\n +queue: max/, "cancel-in-progress: true", PUSH],
  ["environment", "github.ref_name ||", "github.sha ||", PUSH],
  ["environment", "!inputs.environment && github.event.ref ||", "!inputs.environment && github.ref ||", DELETE],
  ["environment", "id-token: write", "id-token: none", PUSH],
  ["environment", "contents: read", "contents: none", PUSH],
  ["environment", "statuses: write", "statuses: read", PUSH],
  ["environment", "steps.push.outputs.url", "steps.pushed.outputs.url", PUSH, "run"],
  ["environment", "cache-hit != 'true'", "cache-hit == 'true'", PUSH, "run"],
  ["environment", "--ignore-scripts ", "", PUSH, "run"],
  ["environment", "persist-credentials: false", "persist-credentials: true", PUSH],
  ["environment", "fetch-depth: 0", "fetch-depth: 1", PUSH],
  ["environment", "terraform_wrapper: false", "terraform_wrapper: true", PUSH],
  ["environment", "ref_type == 'branch'", "ref_type == 'tag'", DELETE],
  ["environment", "startsWith(github.event.ref, 'env-')", "startsWith(github.event.ref, 'preview-')", DELETE],
  [
    "environment",
    `PAAS_BRANCH: ${expression("github.event.ref")}`,
    `PAAS_BRANCH: ${expression("github.ref_name")}`,
    DELETE,
    "run",
  ],
  ["environment", "inputs.command == 'destroy'\n        env:", "inputs.command == 'plan'\n        env:", DESTROY],
  ["pullRequest", "head.repo.full_name == github.repository", "head.repo.full_name != ''", FORK],
  ["pullRequest", "!= 'dependabot[bot]'", "!= 'somebody'", BY_DEPENDABOT],
  ["pullRequest", "environment: paas-plan", "environment: paas-destroy", OPENED],
  ["pullRequest", /^ {6}- closed\n/m, "", CLOSED],
  ["pullRequest", "github.event.label.name == 'preview'", "github.event.label.name == 'review'", LABELLED],
  ["pullRequest", "group: paas-pr-", "group: paas-preview-", LABELLED],
  ["pullRequest", "cancel-in-progress: true", "cancel-in-progress: false", OPENED],
  ["nightly", "17 3 * * *", "17 4 * * *", NIGHT],
  ["nightly", "fail-fast: false", "fail-fast: true", NIGHT, "run"],
  ["nightly", "environments != '[]'", "environments == '[]'", NIGHT, "run"],
  ["nightly", "matrix.environment.branch", "matrix.environment.envId", NIGHT, "run"],
  ["nightly", expression("!cancelled()"), expression("success()"), NIGHT, "run"],
  ["nightly", /^ {6}environments: /m, "      environment: ", NIGHT, "run"],
  ["nightly", "    needs: list\n", "", NIGHT, "run"],
];

const REAP = JSON.stringify(["old", "gone"].map((envId) => ({ envId, branch: `env-${envId}` })));

const removals: (() => void)[] = [];
let stage: Theatre;
beforeAll(() => {
  stage = theatre(undefined, { removeAfter: (remove) => removals.push(remove) });
  for (const branch of ["env-alice", "topic"]) stage.branch(branch);
});
afterAll(() => {
  for (const remove of removals) remove();
});

/** Fires the event at commits with the changed file, on every branch that GitHub could read it from. */
async function perform(changes: Record<string, string>, event: EventRequest, run: boolean): Promise<string> {
  const { repository } = stage;
  for (const branch of ["main", "topic", "env-alice"]) {
    repository.git("checkout", "--quiet", branch);
    repository.write({ ...projectFiles(), ...changes });
    repository.commit("the same or not");
  }
  // Nights with an environment that cannot be removed show the most.
  const failing = event.kind === "schedule" ? { variables: { REAP, PAAS_FAILS_AT: "reap --lock-timeout" } } : {};
  return essence(await stage.play(event, { run, ...failing }));
}

const originals = new Map<string, Promise<string>>();

/** What the generated workflows do, found out once. */
function original(event: EventRequest, run: boolean): Promise<string> {
  const key = JSON.stringify([event, run]);
  const known = originals.get(key) ?? perform({}, event, run);
  originals.set(key, known);
  return known;
}

/** What must be the same when the workflows do the same: all but times, commits, folders and how a condition is put. */
function essence({ transcript, calls }: Played): string {
  const wording = (key: string, value: unknown) => (key === "text" ? undefined : value);
  return JSON.stringify({ ...transcript, calls }, wording)
    .replace(/"duration":\d+/g, '"duration":0')
    .replace(/\b[0-9a-f]{40}\b/g, "COMMIT")
    .replace(/paas-\d+-\w+\/job-\w+/g, "FOLDER");
}

test("the same workflows give the same transcript", async () => {
  const commented = `${generated("environment")}\n# a comment\n`;
  const changes = { [WORKFLOW_FILES.environment]: commented };
  expect(await perform(changes, PUSH, true)).toBe(await original(PUSH, true));
});

test.each(MUTANTS)("%s: %s → %j shows", async (name, from, to, event, how) => {
  const text = generated(name);
  const mutant = text.replaceAll(typeof from === "string" ? from : new RegExp(from, "gm"), to);
  expect(mutant).not.toBe(text);
  const run = how === "run";
  expect(await perform({ [WORKFLOW_FILES[name]]: mutant }, event, run)).not.toBe(await original(event, run));
});
