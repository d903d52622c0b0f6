import { openDoors } from "../pipeline/doors.js";
import { both, stepsOf } from "../pipeline/events.js";
import { deploymentToGoBackTo, rollback as runRollback } from "../pipeline/rollback.js";
import { findSource, trustedManifest } from "../pipeline/source.js";
import { branchOf, findTarget, noSuchEnvironment } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { shortCommit } from "../ui/wording.js";
import { lockTimeoutOf } from "./lock-timeout.js";
import { mayGoOn, runOf } from "./reported.js";
import { subjectOf } from "./subject.js";
import { upDocument } from "./up.document.js";

export type RollbackOptions = GlobalOptions & { environment?: string; to?: string; lockTimeout?: string };

export async function rollback(options: RollbackOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const { envId } = await subjectOf(options.environment, tools);
  const lockTimeout = lockTimeoutOf(options.lockTimeout);
  const doors = await openDoors(tools);
  const target = await findTarget(envId, await trustedManifest(doors.git, await tools.manifest()), doors);
  const branch = branchOf(target);
  const { record } = target;
  if (record === null || record.state === "destroyed" || branch === null) throw noSuchEnvironment(envId);
  const deployment = deploymentToGoBackTo(record, await commitNamed(options.to, tools));
  const source = await findSource(doors.git, doors.git, branch, deployment.commit);
  const run = runOf("rollback", { envId, branch, commit: deployment.commit, comment: false }, source.trusted);
  if (!(await mayGoOn(run, options, tools))) return;

  const { sha, subject } = source.commit;
  tools.ui.note(`environment ${envId} · ${branch} · back to ${shortCommit(sha)} ${subject}`);
  const request = { source, deployment, newest: record.deployments[0]?.at ?? "", lockTimeout };
  const reporter = await tools.reporter();
  const outcome = await reporter.report(
    run,
    (watch) =>
      tools.ui.progress((emit) =>
        runRollback(
          request,
          doors,
          stepsOf(both(emit, watch), () => performance.now()),
        ),
      ),
    ({ environment, url, resources }) => ({ url, resourceGroup: environment.resourceGroup, changes: resources }),
  );
  tools.ui.result(options, upDocument(outcome), outcome.url ?? "");
}

/** A name that git knows (`HEAD~1`) as the commit that it stands for; the ledger knows commits that git does not. */
async function commitNamed(to: string | undefined, tools: Tools): Promise<string | null> {
  if (to === undefined) return null;
  const git = await tools.git();
  return git.commit(to).then(
    ({ sha }) => sha,
    () => to,
  );
}
