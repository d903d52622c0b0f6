import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
/** How long `gh` may take to say it, in milliseconds. */
const LIMIT = 10_000;

/**
 * A token for GitHub's API, from the variables that `gh` takes it from, else that of `gh` itself; null when there is
 * none. A token of github.com is shown to no other host.
 */
export async function personToken(host: string, variables: NodeJS.ProcessEnv): Promise<string | null> {
  const { GH_TOKEN, GITHUB_TOKEN, GH_ENTERPRISE_TOKEN, GITHUB_ENTERPRISE_TOKEN } = variables;
  const isPublic = host === "github.com" || host.endsWith(".ghe.com");
  const named =
    isPublic || host === serverOf(variables)
      ? GH_TOKEN || GITHUB_TOKEN
      : GH_ENTERPRISE_TOKEN || GITHUB_ENTERPRISE_TOKEN;
  if (named) return named;
  try {
    const { PATH, HOME, XDG_CONFIG_HOME, GH_CONFIG_DIR, APPDATA, SystemRoot } = variables;
    const env = { PATH, HOME, XDG_CONFIG_HOME, GH_CONFIG_DIR, APPDATA, SystemRoot };
    const { stdout } = await run("gh", ["auth", "token", "--hostname", host], { env, timeout: LIMIT });
    return stdout.trim() || null;
  } catch {
    // Not installed, or not signed in.
    return null;
  }
}

/** The server that a job runs on; its token is in the job's GITHUB_TOKEN. */
function serverOf({ GITHUB_SERVER_URL }: NodeJS.ProcessEnv): string | null {
  return GITHUB_SERVER_URL && URL.canParse(GITHUB_SERVER_URL) ? new URL(GITHUB_SERVER_URL).hostname : null;
}
