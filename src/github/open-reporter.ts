import type { Ui } from "../ui/ui.js";
import { type Github, openGithub } from "./api.js";
import type { ActionsContext } from "./context.js";
import { createReporter, type Reporter, silentReporter } from "./reporter.js";

type Surroundings = { ui: Pick<Ui, "warn" | "actions">; signal: AbortSignal };

/** The reporter of this run: silent outside Actions, without GitHub's API when the step has no token. */
export function openReporter(
  context: ActionsContext | null,
  github: Github | null,
  { ui, signal }: Surroundings,
): Reporter {
  if (context === null) return silentReporter;
  return createReporter({ context, github, ui, clock: () => performance.now(), signal });
}

/** GitHub's API as the run's own token opens it; null outside Actions, and with a warning where the step has none. */
export async function openRunGithub(
  context: ActionsContext | null,
  { ui, signal }: Surroundings,
): Promise<Github | null> {
  if (context === null) return null;
  if (context.token !== null) return openGithub(context, context.token, signal);
  ui.warn("GITHUB_TOKEN is not set: nothing is asked of GitHub or told to it; pass it to the step as `env:`");
  return null;
}
