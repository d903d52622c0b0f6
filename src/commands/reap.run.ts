import { byAge, judge, mostAtOnce, type Verdict } from "../environment/reap.js";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest } from "../manifest/manifest.js";
import { type Doors, openDoors } from "../pipeline/doors.js";
import { trustedManifest } from "../pipeline/source.js";
import { presentGroup, presentIn, presentOf, surveyOf } from "../pipeline/survey.js";
import { findTarget, isGone, type Target } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { lockTimeoutOf } from "./lock-timeout.js";
import { readRefs } from "./reap.refs.js";
import { maxShareOf, notAllRemoved, showLeftOver, showRemoved, tooManyAtOnce } from "./reap.report.js";
import { removeEnvironment } from "./removal.js";
import { mayGoOn, runOf, sayNothingDone } from "./reported.js";
import { subjectOf } from "./subject.js";

export type ReapOptions = GlobalOptions & {
  environment?: string;
  plan?: boolean;
  yes?: boolean;
  maxShare?: string;
  lockTimeout?: string;
};

/** What became of an environment that was left over. */
export type Reaped = Verdict & { status: "removed" | "kept" };

export async function reap(options: ReapOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const share = maxShareOf(options.maxShare);
  const lockTimeout = lockTimeoutOf(options.lockTimeout);
  const named = await namedEnvironment(options, tools);
  const doors = await openDoors(tools);
  const trusted = await trustedManifest(doors.git, await tools.manifest());
  const all = await judgeAll(trusted, doors, tools);
  const verdicts = named === null ? all : all.filter(({ envId }) => envId === named);
  const leftOver = verdicts.filter(({ action }) => action === "remove");
  // What one run of many removes was counted by the one that made the list.
  if (named === null && leftOver.length > mostAtOnce(verdicts, share)) throw tooManyAtOnce(leftOver, verdicts, share);

  if (options.plan) return showLeftOver(verdicts, options, tools);
  if (named !== null && leftOver.length === 0) sayNothingDone(`${whyKept(named, verdicts)}: nothing was done`, tools);
  if (leftOver.length > 0) await confirm(leftOver, options, tools);
  const reaped = await removeAll(leftOver, { options, lockTimeout, trusted, doors, tools });
  showRemoved(reaped, options, tools);
}

/** Never that of the event or of the current branch: without a name the command is about all of them. */
async function namedEnvironment({ environment }: ReapOptions, tools: Tools): Promise<string | null> {
  const named = environment ?? tools.variables.PAAS_ENV;
  return named ? (await subjectOf(named, tools)).envId : null;
}

async function judgeAll(trusted: Manifest, doors: Doors, tools: Tools): Promise<Verdict[]> {
  const refs = await readRefs(doors.cloud.remote, null, tools);
  const survey = await surveyOf(trusted.id, doors);
  for (const tier of survey.unread) tools.ui.note(`environments of tier ${tier} are left out: they may not be read`);
  const present = presentIn(survey).sort(byAge);
  return present.map((environment) => judge(environment, refs, trusted, tools.now()));
}

function whyKept(named: string, verdicts: Verdict[]): string {
  const verdict = verdicts.find(({ envId }) => envId === named);
  return verdict ? `environment ${named} stays, ${verdict.why}` : `there is no environment ${named}`;
}

/** A nightly workflow was asked when it was written; a person is asked, and a script says `--yes`. */
async function confirm(leftOver: Verdict[], { yes }: ReapOptions, tools: Tools): Promise<void> {
  if (yes || (await tools.actions()) !== null) return;
  const names = leftOver.map(({ envId }) => envId).join(", ");
  if (!tools.prompt.interactive) {
    throw new PaasError("confirmation-needed", `removing ${names} needs a yes, and nobody can be asked here`, {
      next: "`paas reap --plan` to see why, `paas reap --yes` to remove them",
      exit: EXIT.usage,
    });
  }
  for (const { envId, why } of leftOver) tools.ui.note(`${envId}: ${why}`);
  const agreed = await tools.prompt.confirm({ message: `Remove ${names} with everything that is theirs?` });
  if (!agreed) throw new PaasError("not-confirmed", "nothing was changed", { exit: EXIT.refused });
}

type Work = { options: ReapOptions; lockTimeout: number; trusted: Manifest; doors: Doors; tools: Tools };

/** One after the other; what holds one up leaves the others alone. */
async function removeAll(leftOver: Verdict[], work: Work): Promise<Reaped[]> {
  const reaped: Reaped[] = [];
  const failures: { envId: string; error: PaasError }[] = [];
  for (const verdict of leftOver) {
    try {
      reaped.push(await remove(verdict, work));
    } catch (error) {
      if (leftOver.length === 1 || !(error instanceof PaasError) || work.tools.signal.aborted) throw error;
      work.tools.ui.warn(`${verdict.envId} is not removed: ${error.message}`);
      failures.push({ envId: verdict.envId, error });
    }
  }
  if (failures.length > 0) throw notAllRemoved(failures, reaped);
  return reaped;
}

async function remove(verdict: Verdict, { options, lockTimeout, trusted, doors, tools }: Work): Promise<Reaped> {
  const { envId } = verdict;
  const target = await findTarget(envId, trusted, doors);
  const kept: Reaped = { ...verdict, status: "kept" };
  if (isGone(target)) return kept;
  const run = runOf("destroy", { envId, branch: verdict.branch, commit: null, comment: false }, trusted);
  if (!(await mayGoOn(run, { ...options, json: false }, tools))) return kept;
  const objection = async (record: Target["record"]) => {
    const now = await judgeNow({ ...target, record }, trusted, doors, tools);
    return now.action === "remove" ? null : now.why;
  };
  const { spared } = await removeEnvironment(target, run, { lockTimeout, objection }, doors, tools);
  if (spared !== null) {
    sayNothingDone(`environment ${envId} stays, ${spared}: nothing was done`, tools);
    return { ...kept, why: spared };
  }
  // What was pushed of it could not be pushed again.
  if (verdict.branch !== null) await doors.cloud.forgetPushes(verdict.branch);
  return { ...verdict, status: "removed" };
}

/** Between a list and its turn an environment may have waited for hours: everything is read anew. */
async function judgeNow(target: Target, trusted: Manifest, doors: Doors, tools: Tools): Promise<Verdict> {
  const { record, group } = target;
  const alive = record !== null && record.state !== "destroyed";
  const present = alive ? presentOf(record, group) : group ? presentGroup(group) : null;
  if (present === null) {
    const { envId } = target;
    return { envId, branch: null, action: "keep", reason: "unknown", why: "neither record nor tags tell its branch" };
  }
  const refs = await readRefs(doors.cloud.remote, present, tools);
  return judge(present, refs, trusted, tools.now());
}
