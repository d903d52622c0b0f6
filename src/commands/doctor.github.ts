import type { Gathered, GithubFacts } from "../doctor/facts.js";
import { openGithub } from "../github/api.js";
import { personToken } from "../github/person-token.js";
import { type GithubPlace, placeOfRemote } from "../github/server.js";
import type { Manifest } from "../manifest/manifest.js";
import { githubEnvironments } from "../workflow/github-environments.js";
import { gathered } from "./doctor.gathered.js";
import type { DoctorTools } from "./doctor.run.js";

/** Settings of the repository on GitHub, as far as there is one and a token to ask with. */
export async function gatherGithub(
  tools: DoctorTools,
  manifest: Gathered<Manifest>,
  defaultBranch: string,
): Promise<GithubFacts> {
  const place = await placeOf(tools);
  if (place === null) return nothing("the remote origin leads to no GitHub repository", defaultBranch);
  const { host, owner, repo, issuer } = place;
  const token = await personToken(host, tools.variables);
  if (!token) return nothing(`there is no token to ask ${host} with (GH_TOKEN, or \`gh auth login\`)`, defaultBranch);
  const apiUrl = (tools.variables.GITHUB_API_URL || place.apiUrl).replace(/\/+$/, "");
  const github = await openGithub({ apiUrl, repository: { owner, repo } }, token, tools.signal);
  const { inspectRepository } = await import("../github/inspection.js");
  const inspection = inspectRepository(github);
  const wanted = "value" in manifest ? githubEnvironments(manifest.value, defaultBranch).map(({ name }) => name) : [];
  const [repository, actions, environments, subject] = await Promise.all([
    gathered(inspection.repository),
    gathered(inspection.actions),
    gathered(() => inspection.environments(wanted)),
    gathered(async () => ({ ...(await inspection.subject()), issuer })),
  ]);
  return { repository, actions, environments, subject, defaultBranch };
}

/** In a job the repository is the job's; elsewhere it is where `origin` leads. */
async function placeOf({ actions, git, variables }: DoctorTools): Promise<GithubPlace | null> {
  const context = await gathered(actions);
  if ("value" in context && context.value) {
    const { owner, repo } = context.value.repository;
    return placeOfRemote(`${variables.GITHUB_SERVER_URL || "https://github.com"}/${owner}/${repo}`);
  }
  const remotes = await gathered(async () => (await git()).remotes());
  const origin = "value" in remotes ? remotes.value.origin : undefined;
  return origin === undefined ? null : placeOfRemote(origin);
}

function nothing(why: string, defaultBranch: string): GithubFacts {
  const skipped = { skipped: why };
  return { repository: skipped, actions: skipped, environments: skipped, subject: skipped, defaultBranch };
}
