import { isPreviewId } from "../naming/envId.js";
import { type Github, pages } from "./api.js";
import { type ActionsContext, previewOf } from "./context.js";
import { isAbsent } from "./failure.js";
import { deploys, type Run } from "./run.js";

/** The label that asks for a preview of a pull request. */
export const PREVIEW_LABEL = "preview";

/** What a pull request is like now; the event's payload tells how it was when it happened. */
type PullNow = { open: boolean; labels: string[] };

/**
 * Why a run must not go on, by what GitHub says at this moment; null = nothing speaks against it. A run may have waited
 * for hours behind another one, and what its event was about can have changed back meanwhile.
 */
export async function objectionTo(run: Run, { event }: Pick<ActionsContext, "event">, github: Github) {
  if (deploys(run)) return objectionToUp(run, event, github);
  if (run.operation === "destroy") return objectionToDestroy(run, event, github);
  return null;
}

async function objectionToUp(run: Run, event: ActionsContext["event"], github: Github): Promise<string | null> {
  if (event.kind === "push" && event.deleted) return "this push deleted the branch";
  if (isPreviewId(run.envId)) return objectionToPreview(previewNumber(run.envId), github);
  if (run.branch === null || (await branchExists(github, run.branch))) return null;
  return `branch ${run.branch} does not exist any more`;
}

async function objectionToPreview(number: number, github: Github): Promise<string | null> {
  const pull = await pullNow(github, number);
  if (pull === null || !pull.open) return `pull request ${number} is not open any more`;
  if (!pull.labels.includes(PREVIEW_LABEL)) return `pull request ${number} has no label ${PREVIEW_LABEL} any more`;
  const person = await whoLabelled(github, number, PREVIEW_LABEL);
  if (person !== null && (await mayWrite(github, person))) return null;
  return `label ${PREVIEW_LABEL} was set by ${person ?? "nobody that is known"}, who may not write to this repository`;
}

/** Who asks by hand for a destroy means it; a deletion may have been taken back. */
async function objectionToDestroy(run: Run, event: ActionsContext["event"], github: Github): Promise<string | null> {
  if (event.kind === "delete") {
    const branch = run.branch ?? event.branch;
    return branch !== null && (await branchExists(github, branch)) ? `branch ${branch} exists again` : null;
  }
  if (event.kind !== "pull-request" || run.envId !== previewOf(event.pull.number)) return null;
  const wanted = await wantsPreview(github, event.pull.number);
  return wanted ? `pull request ${event.pull.number} is open and has its label again` : null;
}

/** Whether a pull request is open and has the label of previews. */
export async function wantsPreview(github: Github, number: number): Promise<boolean> {
  const pull = await pullNow(github, number);
  return pull?.open === true && pull.labels.includes(PREVIEW_LABEL);
}

/** Whether a branch is there, by its exact name. */
export async function branchExists(github: Github, branch: string): Promise<boolean> {
  return github.call(`look for branch ${branch}`, "contents: read", async () => {
    try {
      const route = "GET /repos/{owner}/{repo}/git/ref/{ref}";
      const { data } = await github.request(route, { ...github.repository, ref: `heads/${branch}` });
      return data.ref === `refs/heads/${branch}`;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  });
}

async function pullNow(github: Github, number: number): Promise<PullNow | null> {
  return github.call(`read pull request ${number}`, "pull-requests: read", async () => {
    try {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const { data } = await github.request(route, { ...github.repository, pull_number: number });
      return { open: data.state === "open", labels: data.labels.map(({ name }) => name) };
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  });
}

/** Who set the label that a pull request has; null when no event tells it. */
async function whoLabelled(github: Github, number: number, label: string): Promise<string | null> {
  return github.call(`read who labelled pull request ${number}`, "pull-requests: read", async () => {
    let person: string | null = null;
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/events";
    const read = (page: number) =>
      github.request(route, { ...github.repository, issue_number: number, per_page: 100, page });
    for await (const page of pages(read)) {
      for (const event of page) {
        if (event.event === "labeled" && "label" in event && event.label.name === label) {
          person = event.actor?.login ?? null;
        }
      }
    }
    return person;
  });
}

/** Whether a person may push to the repository; labels can be set by those who may not. */
async function mayWrite(github: Github, username: string): Promise<boolean> {
  return github.call(`read what ${username} may do`, "contents: read", async () => {
    try {
      const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
      const { data } = await github.request(route, { ...github.repository, username });
      return data.permission === "admin" || data.permission === "write";
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  });
}

export function previewNumber(envId: string): number {
  return Number(envId.slice("pr-".length));
}
