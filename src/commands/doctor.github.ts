import type { GithubFacts } from "../doctor/facts.js";
import type { Github } from "../github/api.js";
import type { GithubRepository } from "../github/remote.js";
import { gathered } from "./doctor.gathered.js";
import type { DoctorTools } from "./doctor.run.js";

/** Settings of the repository on GitHub, as far as there is one and a token to ask with. */
export async function gatherGithub(tools: DoctorTools, defaultBranch: string): Promise<GithubFacts> {
  const found = await openRepository(tools);
  if ("skipped" in found) {
    return { repository: found, actions: found, environments: found, subject: found, defaultBranch };
  }
  const { inspectRepository } = await import("../github/inspection.js");
  const inspection = inspectRepository(found.github);
  const [repository, actions, environments, subject] = await Promise.all([
    gathered(inspection.repository),
    gathered(inspection.actions),
    gathered(inspection.environments),
    gathered(inspection.subject),
  ]);
  return { repository, actions, environments, subject, defaultBranch };
}

async function openRepository(tools: DoctorTools): Promise<{ github: Github } | { skipped: string }> {
  const place = await placeOf(tools);
  if (place === null) return { skipped: "the remote origin leads to no GitHub repository" };
  const token = tools.variables.GITHUB_TOKEN || tools.variables.GH_TOKEN;
  if (!token) return { skipped: "neither GITHUB_TOKEN nor GH_TOKEN is set to ask GitHub with" };
  const { openGithub } = await import("../github/api.js");
  const { apiUrl, ...repository } = place;
  return { github: await openGithub({ apiUrl, repository }, token, tools.signal) };
}

async function placeOf({ actions, git, variables }: DoctorTools): Promise<GithubRepository | null> {
  const context = await gathered(actions);
  if ("value" in context && context.value) return { ...context.value.repository, apiUrl: context.value.apiUrl };
  const remotes = await gathered(async () => (await git()).remotes());
  const origin = "value" in remotes ? remotes.value.origin : undefined;
  if (origin === undefined) return null;
  const { githubRepository } = await import("../github/remote.js");
  return githubRepository(origin, variables.GITHUB_SERVER_URL);
}
