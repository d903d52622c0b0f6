import type { Ui } from "../ui/ui.js";
import { type Github, openGithub } from "./api.js";
import type { ActionsContext } from "./context.js";
import { createReporter, type Reporter, silentReporter } from "./reporter.js";

type Surroundings = { ui: Pick<Ui, "warn" | "actions">; signal: AbortSignal };

/** The reporter of this run: silent outside Actions, without GitHub's API when the step has no token. */
export async function openReporter(context: ActionsContext | null, { ui, signal }: Surroundings): Promise<Reporter> {
  if (context === null) return silentReporter;
  const github = await githubOf(context, { ui, signal });
  return createReporter({ context, github, ui, clock: () => performance.now(), signal });
}

async function githubOf(context: ActionsContext, { ui, signal }: Surroundings): Promise<Github | null> {
  if (context.token !== null) return openGithub(context, context.token, signal);
  ui.warn("GITHUB_TOKEN is not set: nothing is asked of GitHub or told to it; pass it to the step as `env:`");
  return null;
}
