const ELSEWHERE = /^(?:https?|ssh|git):\/\/|^[^/]+@[^/]+:/;
const CLOUD = /(?:^|[/@.])(?:github|ghe)\.com(?:[:/]|$)/;

/**
 * A server of one's own knows less syntax than github.com; where nothing is said it is github.com.
 * @param remotes URLs of the repository's remotes, by name
 */
export function onGithubCom(variables: NodeJS.ProcessEnv, remotes: Readonly<Record<string, string>>): boolean {
  const server = variables.GITHUB_SERVER_URL ?? remotes.origin ?? "";
  return CLOUD.test(server) || !ELSEWHERE.test(server);
}
