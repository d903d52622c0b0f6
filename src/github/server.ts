/** Where a repository lies: the server, its API, and the issuer of its jobs' tokens. */
export type GithubPlace = { owner: string; repo: string; host: string; apiUrl: string; issuer: string };

const REMOTES = [
  /^(?:https?|ssh|git):\/\/(?:[^@/]+@)?(?<host>[^/:]+)(?::\d+)?\/(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
  /^(?:[^@/]+@)?(?<host>[^/:]+):(?<owner>[^/]+)\/(?<repo>[^/]+?)(?:\.git)?\/?$/,
];

/**
 * The repository that a git remote leads to; null for a path or another kind of address. Whether the server is one of
 * GitHub's shows when it is asked.
 */
export function placeOfRemote(url: string): GithubPlace | null {
  for (const pattern of REMOTES) {
    const { host, owner, repo } = pattern.exec(url)?.groups ?? {};
    if (host && owner && repo) return { owner, repo, host: hostOf(host), ...serverOf(hostOf(host)) };
  }
  return null;
}

/** SSH over the HTTPS port has a host name of its own. */
function hostOf(host: string): string {
  return host.toLowerCase() === "ssh.github.com" ? "github.com" : host.toLowerCase();
}

/** GitHub itself, GitHub with data residency (`acme.ghe.com`), and Enterprise Server each have their own addresses. */
function serverOf(host: string): Pick<GithubPlace, "apiUrl" | "issuer"> {
  if (host === "github.com") {
    return { apiUrl: "https://api.github.com", issuer: "https://token.actions.githubusercontent.com" };
  }
  if (host.endsWith(".ghe.com")) return { apiUrl: `https://api.${host}`, issuer: `https://token.actions.${host}` };
  return { apiUrl: `https://${host}/api/v3`, issuer: `https://${host}/_services/token` };
}

/** What `GET …/actions/oidc/customization/sub` answers; the types of Octokit lag behind it. */
export type SubjectSettings = {
  use_default?: boolean;
  include_claim_keys?: string[];
  sub_claim_prefix?: string;
};

/**
 * How the subjects of a repository's jobs begin. Newer repositories have immutable ids in it, which no name tells, so it
 * is read; only where the server does not know it, it is made of the names.
 * @returns null where the repository has subjects of its own making, which hold no environment
 */
export function subjectPrefix({ owner, repo }: Pick<GithubPlace, "owner" | "repo">, settings: SubjectSettings | null) {
  const keys = settings?.use_default === false ? (settings.include_claim_keys ?? []) : [];
  if (keys.length > 0 && keys.join() !== "repo,context") return null;
  return settings?.sub_claim_prefix || `repo:${owner}/${repo}`;
}
