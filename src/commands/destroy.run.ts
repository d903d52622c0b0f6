import { EXIT, PaasError } from "../errors.js";
import { destroy as runDestroy } from "../pipeline/destroy.js";
import { openDoors } from "../pipeline/doors.js";
import { stepsOf } from "../pipeline/events.js";
import { trustedManifest } from "../pipeline/source.js";
import { branchOf, findTarget, isGone, type Target } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { lockTimeoutOf } from "./lock-timeout.js";
import { isNobodys, subjectOf, subjectOfBranch } from "./subject.js";

export type DestroyOptions = GlobalOptions & {
  environment?: string;
  yes?: boolean;
  confirm?: string;
  lockTimeout?: string;
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
  if (!isGone(target)) await confirm(target, options, tools);
  const { steps, alreadyGone } = await tools.ui.progress((emit) =>
    runDestroy(
      target,
      lockTimeout,
      doors,
      stepsOf(emit, () => performance.now()),
    ),
  );
  const branch = branchOf(target);
  if (!options.push && branch !== null) await doors.cloud.forgetPushes(branch);
  const text = alreadyGone ? `environment ${envId} was destroyed already` : `environment ${envId} is destroyed`;
  tools.ui.result(options, { environment: { envId, branch, tier: target.tier }, steps }, text);
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

/** A branch without an environment may be deleted: its last run failed, or the local cloud was reset. */
function nothingThere(error: unknown, { push }: DestroyOptions, tools: Tools): null {
  if (!push || !(error instanceof PaasError) || error.code !== "no-such-environment") throw error;
  tools.ui.note(`${error.message}: nothing to destroy`);
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
