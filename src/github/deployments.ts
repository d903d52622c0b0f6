import { type Github, pages } from "./api.js";
import { githubEnvironment, type Run, taskOf } from "./run.js";

export type Ending = "success" | "failure" | "error";
export type Deployment = { id: number };

/** GitHub's limit for descriptions of deployments and statuses. */
const MOST_WORDS = 140;
/** How far back a run looks for deployments that are still active. */
const MOST_PAGES = 3;

/**
 * Files the deployment of a commit. Many environments share one GitHub environment, so GitHub must not set
 * "the others" inactive on its own; `inactivate` does it by the task, which is the environment's.
 */
export async function fileDeployment(github: Github, run: Run, sha: string): Promise<Deployment> {
  return github.call(`file a deployment of ${run.envId}`, "deployments: write", async () => {
    const { data } = await github.request("POST /repos/{owner}/{repo}/deployments", {
      ...github.repository,
      ref: sha,
      task: taskOf(run),
      environment: githubEnvironment(run),
      description: shortened(`environment ${run.envId}${run.branch === null ? "" : ` from ${run.branch}`}`),
      payload: JSON.stringify({ environment: run.envId, branch: run.branch }),
      auto_merge: false,
      // None: this run is one of the checks that the commit waits for.
      required_contexts: [],
      transient_environment: run.kind !== "fixed",
      production_environment: run.tier === "prod",
    });
    if (!("id" in data)) throw new Error(data.message ?? "GitHub filed no deployment");
    return { id: Number(data.id) };
  });
}

export async function beginDeployment(github: Github, { id }: Deployment, runUrl: string): Promise<void> {
  return github.call(`begin deployment ${id}`, "deployments: write", () =>
    setState(github, id, "in_progress", { log_url: runUrl }),
  );
}

/** Says how a deployment ended and, when it succeeded, where it answers. */
export async function endDeployment(
  github: Github,
  { id }: Deployment,
  ending: Ending,
  { url, runUrl, description }: { url: string | null; runUrl: string; description: string },
): Promise<void> {
  const more = url === null ? {} : { environment_url: url };
  return github.call(`end deployment ${id}`, "deployments: write", () =>
    setState(github, id, ending, { log_url: runUrl, description: shortened(description), ...more }),
  );
}

/**
 * Sets what an environment was before inactive.
 * @param except the deployment that serves now; null = none does
 */
export async function inactivate(github: Github, run: Run, except: Deployment | null): Promise<void> {
  return github.call(`set earlier deployments of ${run.envId} inactive`, "deployments: write", async () => {
    const active = await activeDeployments(github, run, except);
    // Oldest first: what a broken-off run leaves active lies in front, where the next one finds it.
    for (const id of active.reverse()) await setState(github, id, "inactive", {});
  });
}

/** Newest first, up to the first inactive one: behind it all are. Failed ones never served and stay what they are. */
async function activeDeployments(github: Github, run: Run, except: Deployment | null): Promise<number[]> {
  const active: number[] = [];
  let seen = 0;
  const read = (page: number) =>
    github.request("GET /repos/{owner}/{repo}/deployments", {
      ...github.repository,
      task: taskOf(run),
      per_page: 100,
      page,
    });
  for await (const page of pages(read)) {
    for (const { id: anyId } of page) {
      const id = Number(anyId);
      if (id === except?.id) continue;
      const state = await stateOf(github, id);
      if (state === "inactive") return active;
      if (state !== "failure" && state !== "error") active.push(id);
    }
    seen += 1;
    if (seen === MOST_PAGES) break;
  }
  return active;
}

async function stateOf(github: Github, id: number): Promise<string | null> {
  const route = "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses";
  const { data } = await github.request(route, { ...github.repository, deployment_id: id, per_page: 1 });
  return data[0]?.state ?? null;
}

async function setState(
  github: Github,
  id: number,
  state: Ending | "in_progress" | "inactive",
  more: { log_url?: string; environment_url?: string; description?: string },
): Promise<void> {
  await github.request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
    ...github.repository,
    deployment_id: id,
    state,
    auto_inactive: false,
    ...more,
  });
}

/** Cut to what GitHub takes as a description. */
export function shortened(text: string): string {
  const characters = [...text.replace(/\s+/g, " ")];
  return characters.length <= MOST_WORDS ? characters.join("") : `${characters.slice(0, MOST_WORDS - 1).join("")}…`;
}
