import type { Ui } from "../ui/ui.js";
import { openGithub } from "./api.js";
import type { ActionsContext } from "./context.js";
import { createReporter, type Reporter, silentReporter } from "./reporter.js";

/** The reporter of this run: silent outside Actions, without GitHub's API when the step has no token. */
export async function openReporter(
  context: ActionsContext | null,
  { ui, signal }: { ui: Pick<Ui, "warn" | "actions">; signal: AbortSignal },
): Promise<Reporter> {
  if (context === null) return silentReporter;
  const github = context.token === null ? null : await openGithub(context, context.token, signal);
  if (github === null) {
    ui.warn("GITHUB_TOKEN is not set: nothing is asked of GitHub or told to it; pass it to the step as `env:`");
  }
  return createReporter({ context, github, ui, clock: () => performance.now(), signal });
}
