import { environmentKind } from "../environment/describe.js";
import { previewOf } from "../github/context.js";
import type { Run } from "../github/run.js";
import { fixedEnvironments, policyFor } from "../manifest/environments.js";
import type { Manifest } from "../manifest/manifest.js";
import type { GlobalOptions, Tools } from "../tools.js";

/** What a command is about to do, as the place that it runs in is told. */
export function runOf(
  operation: Run["operation"],
  about: Pick<Run, "envId" | "branch" | "commit"> & { comment: boolean | undefined },
  trusted: Manifest,
): Run {
  const { tier } = policyFor(trusted, about.envId);
  // A branch that nothing tells leaves the id: fixed environments and previews are known by theirs.
  const fixed = fixedEnvironments(trusted);
  const kind = fixed.some(({ envId }) => envId === about.envId)
    ? "fixed"
    : environmentKind(about.branch ?? about.envId, fixed);
  return { operation, ...about, kind, tier, comment: about.comment === true };
}

/**
 * Asks the place that the command runs in whether the run may go on; when not, says why and gives false. That is no
 * failure: what the run was for has changed meanwhile, and the run that follows from it comes or came.
 */
export async function mayGoOn(run: Run, options: GlobalOptions, tools: Tools): Promise<boolean> {
  const reporter = await tools.reporter();
  const objection = await reporter.objection(run);
  if (objection === null) return true;
  sayNothingDone(`${objection}: nothing was done`, tools);
  tools.ui.result(options, { environment: { envId: run.envId, branch: run.branch }, skipped: objection }, "");
  return false;
}

/** A run that has nothing to do says so where people look. */
export function sayNothingDone(text: string, { ui }: Pick<Tools, "ui">): void {
  if (ui.actions) ui.actions.notice(text);
  else ui.note(text);
}

/**
 * The commit that is meant when none is named: on a pull request the one that is checked out, for no branch has it.
 * @returns a revision, or null for the tip of the branch
 */
export async function revisionOf(asked: string | undefined, branch: string, tools: Pick<Tools, "actions">) {
  if (asked !== undefined) return asked;
  const context = await tools.actions();
  const isPreview = context?.event.kind === "pull-request" && branch === previewOf(context.event.pull.number);
  return isPreview ? "HEAD" : null;
}
