import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
/** How long `gh` may take to say it, in milliseconds. */
const LIMIT = 10_000;

/** A token for GitHub's API: GH_TOKEN, GITHUB_TOKEN, else that of `gh`; null when there is none. */
export async function personToken(host: string, variables: NodeJS.ProcessEnv): Promise<string | null> {
  const named =
    host === "github.com" || host.endsWith(".ghe.com")
      ? variables.GH_TOKEN || variables.GITHUB_TOKEN
      : variables.GH_ENTERPRISE_TOKEN || variables.GITHUB_ENTERPRISE_TOKEN || variables.GH_TOKEN;
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
