/** A repository on github.com or on a server of one's own. */
export type GithubRepository = { owner: string; repo: string; apiUrl: string };

const REMOTE =
  /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]+@)?(?<host>[\w.-]+?)(?::\d+(?=\/))?[:/](?<owner>[\w.-]+)\/(?<repo>[\w.-]+?)(?:\.git)?\/?$/;

/**
 * The repository that a remote leads to; null for a folder, or a host that is no GitHub.
 * @param server URL of the GitHub that the runner belongs to; github.com unless told
 */
export function githubRepository(remote: string, server = "https://github.com"): GithubRepository | null {
  const { host, owner, repo } = REMOTE.exec(remote)?.groups ?? {};
  if (!host || !owner || !repo) return null;
  if (host === "github.com" || host === "ssh.github.com") return { owner, repo, apiUrl: "https://api.github.com" };
  if (host.endsWith(".ghe.com")) return { owner, repo, apiUrl: `https://api.${host}` };
  const own = new URL(server);
  return host === own.hostname ? { owner, repo, apiUrl: `${own.origin}/api/v3` } : null;
}
