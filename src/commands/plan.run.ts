import { EXIT, PaasError } from "../errors.js";
import { openDoors } from "../pipeline/doors.js";
import { both, stepsOf } from "../pipeline/events.js";
import { type PlanLine, type PlanOutcome, plan as runPlan } from "../pipeline/plan.js";
import { findSource } from "../pipeline/source.js";
import { planWords } from "../terraform/plan.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Palette } from "../ui/palette.js";
import { branchNamed } from "./known.js";
import { mayGoOn, revisionOf, runOf } from "./reported.js";
import { subjectOfPlan } from "./subject.js";

export type PlanOptions = GlobalOptions & {
  environment?: string;
  commit?: string;
  comment?: boolean;
  detailedExitcode?: boolean;
};

/** With `--detailed-exitcode` 2 means changes, so every error that would exit 2 exits 1. */
export async function plan(options: PlanOptions, tools: Tools): Promise<void> {
  try {
    await planEnvironment(options, tools);
  } catch (error) {
    if (!options.detailedExitcode || !(error instanceof PaasError) || error.exit !== EXIT.usage) throw error;
    const { code, message, details, next, cause } = error;
    throw new PaasError(code, message, { details, exit: EXIT.failed, cause, ...(next === undefined ? {} : { next }) });
  }
}

async function planEnvironment(options: PlanOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const subject = await subjectOfPlan(options.environment, tools);
  const branch = await branchNamed(subject, tools);
  const git = await tools.git();
  const source = await findSource(git, git, branch, await revisionToPlan(options, branch, tools));
  const run = runOf(
    "plan",
    { ...subject, branch, commit: source.commit.sha, comment: options.comment },
    source.trusted,
  );
  if (!(await mayGoOn(run, options, tools))) return;
  const doors = await openDoors(tools);
  const proposed = await isPullRequest(tools);
  const reporter = await tools.reporter();
  const outcome = await reporter.report(
    run,
    (watch) =>
      tools.ui.progress((emit) =>
        runPlan(
          source,
          doors,
          stepsOf(both(emit, watch), () => performance.now()),
          proposed,
        ),
      ),
    ({ environment, resources }) => ({ url: null, resourceGroup: environment.resourceGroup, changes: resources }),
  );
  const { envId, kind, resourceGroup, tags, generation } = outcome.environment;
  const environment = { envId, branch, commit: source.commit.sha, kind, generation, resourceGroup, tags };
  const document = { environment, changes: outcome.changes, resources: outcome.resources };
  tools.ui.result(options, document, text(outcome, tools.ui.palette));
  if (options.detailedExitcode && outcome.resources.length > 0) process.exitCode = EXIT.usage;
}

/** What merging a pull request would bring is the merge that is checked out, whichever environment it is planned for. */
async function revisionToPlan({ commit, environment }: PlanOptions, branch: string, tools: Tools) {
  const named = environment ?? tools.variables.PAAS_ENV;
  const isMerge = !named && (await isPullRequest(tools));
  return commit === undefined && isMerge ? "HEAD" : revisionOf(commit, branch, tools);
}

async function isPullRequest({ actions }: Pick<Tools, "actions">): Promise<boolean> {
  return (await actions())?.event.kind === "pull-request";
}

const MARKS: Record<PlanLine["action"], string> = { create: "+", update: "~", replace: "±", delete: "-" };

function text({ environment, changes, resources }: PlanOutcome, palette: Palette): string {
  const colour = { create: palette.good, update: palette.warn, replace: palette.bad, delete: palette.bad };
  const lines = resources.map(({ address, action }) => colour[action](`  ${MARKS[action]} ${address}`));
  return [...lines, `${environment.envId}: ${planWords({ changes })}`].join("\n");
}
