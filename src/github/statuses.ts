import type { Github } from "./api.js";
import { shortened } from "./deployments.js";

export type CommitStatus = {
  state: "pending" | "success" | "failure" | "error";
  /** Where the status leads: the environment once it is up, until then the log. */
  url: string;
  description: string;
};

/** Says beside a commit what became of it in one environment; a later status of the environment takes its place. */
export async function setCommitStatus(
  github: Github,
  sha: string,
  envId: string,
  { state, url, description }: CommitStatus,
): Promise<void> {
  await github.call(`set the status of commit ${sha.slice(0, 8)}`, "statuses: write", () =>
    github.request("POST /repos/{owner}/{repo}/statuses/{sha}", {
      ...github.repository,
      sha,
      state,
      target_url: url,
      description: shortened(description),
      context: `paas/${envId}`,
    }),
  );
}
