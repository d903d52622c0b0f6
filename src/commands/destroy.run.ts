import { EXIT, PaasError } from "../errors.js";
import { openDoors } from "../pipeline/doors.js";
import { trustedManifest } from "../pipeline/source.js";
import { branchOf, findTarget, isGone, type Target } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { lockTimeoutOf } from "./lock-timeout.js";
import { removeEnvironment } from "./removal.js";
import { mayGoOn, runOf, sayNothingDone } from "./reported.js";
import { isNobodys, subjectOf, subjectOfBranch } from "./subject.js";

export type DestroyOptions = GlobalOptions & {
  environment?: string;
  yes?: boolean;
  confirm?: string;
  lockTimeout?: string;
  comment?: boolean;
  push?: boolean;
};

export async function destroy(options: DestroyOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const envId = await environmentId(options, tools);
  if (envId === null) return;
  const lockTimeout = lockTimeoutOf(options.lockTimeout);
  const doors = await openDoors(tools);
  const trusted = await trustedManifest(doors.git, await tools.manifest());
  const target = await findTarget(envId, trusted, doors).catch((error) => nothingThere(error, options, tools));
  if (target === null) return;
  const branch = branchOf(target);
  const run = runOf("destroy", { envId, branch, commit: null, comment: options.comment }, trusted);
  if (!(await mayGoOn(run, options, tools))) return;
  if (!isGone(target)) await confirm(target, options, tools);
  const { steps, left, alreadyGone } = await removeEnvironment(target, run, { lockTimeout }, doors, tools);
  if (!options.push && branch !== null) await doors.cloud.forgetPushes(branch);
  const text = alreadyGone ? `environment ${envId} was destroyed already` : `environment ${envId} is destroyed`;
  if (left.length > 0) tools.ui.warn(`left: ${left.join("; ")}`);
  tools.ui.result(options, { environment: { envId, branch, tier: target.tier }, steps, left }, text);
}

/** Null for a deleted branch that was nobody's environment. */
async function environmentId({ environment, push }: DestroyOptions, tools: Tools): Promise<string | null> {
  if (!push) return (await subjectOf(environment, tools)).envId;
  try {
    return (await subjectOfBranch(environment ?? "", tools)).envId;
  } catch (error) {
    if (!isNobodys(environment ?? "", error)) throw error;
    tools.ui.note(`${environment} is no environment's branch (env-*): nothing to destroy`);
    return null;
  }
}

/**
 * A branch or a pull request may end without an environment: it never had one, its last run failed, or the local cloud
 * was reset.
 */
async function nothingThere(error: unknown, { push }: DestroyOptions, tools: Tools): Promise<null> {
  if (!(error instanceof PaasError) || error.code !== "no-such-environment") throw error;
  const event = (await tools.actions())?.event.kind;
  if (!push && event !== "delete" && event !== "pull-request") throw error;
  sayNothingDone(`${error.message}: nothing to destroy`, tools);
  return null;
}

/** On a terminal it asks; off one `--yes` is needed, and for protected environments `--confirm <id>` too. */
async function confirm(target: Target, options: DestroyOptions, tools: Tools): Promise<void> {
  const { envId } = target;
  const typed = options.confirm === envId;
  if (options.yes && (!target.protected || typed)) return;
  if (!tools.prompt.interactive || (options.yes && options.confirm !== undefined)) throw unconfirmed(target, options);
  const branch = branchOf(target) ?? "its branch is not known";
  const agreed = target.protected
    ? (await tools.prompt.text({ message: `${envId} is protected. Type ${envId} to destroy it` })) === envId
    : await tools.prompt.confirm({ message: `Destroy environment ${envId} (${branch}) and everything in it?` });
  if (!agreed) throw new PaasError("not-confirmed", "nothing was changed", { exit: EXIT.refused });
}

function unconfirmed({ envId, protected: isProtected }: Target, { push }: DestroyOptions): PaasError {
  if (isProtected) {
    return new PaasError("protected", `environment ${envId} is protected`, {
      details: push ? ["deleting its branch does not destroy it"] : [],
      next: `\`paas destroy ${envId} --yes --confirm ${envId}\``,
      exit: EXIT.refused,
    });
  }
  return new PaasError("confirmation-needed", `destroying ${envId} needs a yes, and nobody can be asked here`, {
    next: `\`paas destroy ${envId} --yes\``,
    exit: EXIT.usage,
  });
}
