import type { Git } from "../git/git.js";
import { openDoors } from "../pipeline/doors.js";
import { both, stepsOf } from "../pipeline/events.js";
import { findSource, type Source } from "../pipeline/source.js";
import { up as runUp } from "../pipeline/up.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { branchNamed } from "./known.js";
import { lockTimeoutOf } from "./lock-timeout.js";
import { mayGoOn, revisionOf, runOf } from "./reported.js";
import { isNobodys, type Subject, subjectOf, subjectOfBranch } from "./subject.js";
import { upDocument } from "./up.document.js";

export type UpOptions = GlobalOptions & {
  environment?: string;
  commit?: string;
  lockTimeout?: string;
  comment?: boolean;
  from?: string;
  push?: boolean;
};

export async function up(options: UpOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const subject = await pushedOrNamed(options, tools);
  if (subject === null) return;
  const lockTimeout = lockTimeoutOf(options.lockTimeout);
  const source = await sourceOf(options, subject, tools);
  const run = runOf(
    "up",
    { ...subject, branch: source.branch, commit: source.commit.sha, comment: options.comment },
    source.trusted,
  );
  if (!(await mayGoOn(run, options, tools))) return;
  const doors = await openDoors(tools);
  if (await leavesChangesOut(options, source, doors.git)) {
    tools.ui.warn(`uncommitted changes are left out: deploying commit ${source.commit.sha.slice(0, 8)}`);
  }
  tools.ui.note(heading(subject, source));
  const reporter = await tools.reporter();
  const outcome = await reporter.report(
    run,
    (watch) =>
      tools.ui.progress((emit) =>
        runUp(
          { source, lockTimeout },
          doors,
          stepsOf(both(emit, watch), () => performance.now()),
        ),
      ),
    ({ environment, url, resources }) => ({ url, resourceGroup: environment.resourceGroup, changes: resources }),
  );
  tools.ui.result(options, upDocument(outcome), outcome.url ?? "");
}

/** Null for a pushed branch that is nobody's environment: git keeps it, paas does nothing. */
async function pushedOrNamed({ environment, push }: UpOptions, tools: Tools): Promise<Subject | null> {
  if (!push) return subjectOf(environment, tools);
  try {
    return await subjectOfBranch(environment ?? "", tools);
  } catch (error) {
    if (!isNobodys(environment ?? "", error)) throw error;
    tools.ui.note(`${environment} is no environment's branch (env-*): stored, nothing deployed`);
    return null;
  }
}

async function sourceOf(options: UpOptions, subject: Subject, tools: Tools): Promise<Source> {
  const git = await tools.git();
  const { openObjects } = await import("../git/git.js");
  const objects = options.from ? openObjects(options.from) : git;
  const branch = await branchNamed(subject, tools);
  return findSource(git, objects, branch, await revisionOf(options.commit, branch, tools));
}

/** Whoever deploys what is checked out may believe that the working tree is deployed. */
async function leavesChangesOut(
  { from, push, commit: asked }: UpOptions,
  { commit }: Source,
  git: Git,
): Promise<boolean> {
  if (from || push || asked) return false;
  return (await git.commit("HEAD")).sha === commit.sha && (await git.dirty());
}

function heading({ envId, branch }: Subject, { commit }: Source): string {
  return `environment ${envId} · ${branch} · ${commit.sha.slice(0, 8)} ${commit.subject}`;
}
