import { EXIT, PaasError } from "../errors.js";
import type { Emit, Event as PipelineEvent } from "../pipeline/events.js";
import type { Ui } from "../ui/ui.js";
import { duration as durationWords } from "../ui/wording.js";
import type { Github } from "./api.js";
import { sectionOf } from "./comment.js";
import { writeComment } from "./comments.js";
import type { ActionsContext } from "./context.js";
import {
  beginDeployment,
  type Deployment,
  type Ending,
  endDeployment,
  fileDeployment,
  inactivate,
} from "./deployments.js";
import { objectionTo } from "./guards.js";
import { deploys, type Failure, type Outcome, type Report, type Run, type StepLine } from "./run.js";
import { setCommitStatus } from "./statuses.js";
import { fittingSummary, summaryOf } from "./summary.js";
import { trustOf } from "./trust.js";

/** Tells the place that a command runs in how its run goes. Outside GitHub Actions it does nothing. */
export type Reporter = {
  /**
   * Why the run must not go on, as things are now; null = it may.
   * @throws PaasError `untrusted` (exit 5) when the event is not one that may act with an identity
   */
  objection(run: Run): Promise<string | null>;
  /**
   * Does `work` and tells how it began, went and ended. What `work` returns or throws passes through; that something
   * could not be told never changes it.
   * @param work gets a listener for the events of the pipeline
   * @param outcomeOf null = nothing was done, and there is nothing to tell
   */
  report<T>(run: Run, work: (watch: Emit) => Promise<T>, outcomeOf: (value: T) => Outcome | null): Promise<T>;
};

export const silentReporter: Reporter = {
  objection: async () => null,
  report: (_run, work) => work(() => {}),
};

export type ReporterParts = {
  context: ActionsContext;
  /** null without a token: then only summary and outputs are written. */
  github: Github | null;
  ui: Pick<Ui, "warn" | "actions">;
  /** Milliseconds, for durations. */
  clock(): number;
  /** Aborted when the run is stopped from outside. */
  signal: AbortSignal;
};

export function createReporter(parts: ReporterParts): Reporter {
  return {
    objection: (run) => objection(run, parts),
    report: async (run, work, outcomeOf) => {
      const started = parts.clock();
      const { steps, watch } = stepLines();
      // Beside the work: a slow GitHub holds nothing up.
      const beginning = begin(run, parts);
      const reportOf = (result: Report["result"]): Report => ({
        run,
        result,
        steps: steps(),
        duration: Math.round(parts.clock() - started),
        runUrl: parts.context.runUrl,
      });
      try {
        const value = await work(watch);
        const outcome = outcomeOf(value);
        const deployment = await beginning;
        if (outcome !== null) await end(reportOf({ outcome }), deployment, parts);
        return value;
      } catch (error) {
        await end(reportOf({ failure: failureOf(error, parts.signal.aborted) }), await beginning, parts);
        throw error;
      }
    },
  };
}

async function objection(run: Run, { context, github, ui }: ReporterParts): Promise<string | null> {
  const trust = trustOf(context);
  if (!trust.credentials) {
    throw new PaasError("untrusted", `no environment is touched for this event: ${trust.why}`, {
      next: "let such events run `paas validate` only; it needs no identity",
      exit: EXIT.refused,
    });
  }
  if (github === null) return null;
  try {
    return await objectionTo(run, context, github);
  } catch (error) {
    // What was deployed for nothing is found by the nightly run; what was destroyed for nothing is lost.
    if (run.operation === "destroy" || !(error instanceof PaasError)) throw error;
    ui.warn(`${notDone(error)}; going on without that check`);
    return null;
  }
}

/** Deployment in progress and pending status; null where there is none. Never throws. */
async function begin(run: Run, { context, github, ui }: ReporterParts): Promise<Deployment | null> {
  const sha = shaOf(run, context);
  if (github === null || !deploys(run) || sha === null) return null;
  const { runUrl } = context;
  const deployment = await attempt(ui, () => fileDeployment(github, run, sha));
  if (deployment) await attempt(ui, () => beginDeployment(github, deployment, runUrl));
  const description = `deploying environment ${run.envId}`;
  await attempt(ui, () => setCommitStatus(github, sha, run.envId, { state: "pending", url: runUrl, description }));
  return deployment;
}

/** Never throws. */
async function end(report: Report, deployment: Deployment | null, parts: ReporterParts): Promise<void> {
  const { context, github, ui } = parts;
  await attempt(ui, () => writeFiles(report, parts));
  if (github === null) return;
  await endAtGithub(report, deployment, github, parts);
  if (report.run.comment && context.event.kind === "pull-request") {
    const { number } = context.event.pull;
    await attempt(ui, () => writeComment(github, number, sectionOf(report)));
  }
}

async function writeFiles(report: Report, { context, ui }: ReporterParts): Promise<void> {
  const { run, result, runUrl } = report;
  await ui.actions?.summary(context.files.summary, (used) => fittingSummary(summaryOf(report), used, runUrl));
  if (!("outcome" in result)) return;
  const { url, resourceGroup } = result.outcome;
  await ui.actions?.outputs(context.files.outputs, {
    environment: run.envId,
    ...(url === null ? {} : { url }),
    ...(resourceGroup === null ? {} : { "resource-group": resourceGroup }),
  });
}

async function endAtGithub(
  report: Report,
  deployment: Deployment | null,
  github: Github,
  { context, ui }: ReporterParts,
): Promise<void> {
  const { run, result, runUrl } = report;
  const ending = endingOf(result);
  if (run.operation === "destroy" && ending === "success") await attempt(ui, () => inactivate(github, run, null));
  if (!deploys(run)) return;

  const url = "outcome" in result ? result.outcome.url : null;
  const description = describe(report);
  if (deployment) await attempt(ui, () => endDeployment(github, deployment, ending, { url, runUrl, description }));
  if (deployment && ending === "success") await attempt(ui, () => inactivate(github, run, deployment));
  const sha = shaOf(run, context);
  if (sha === null) return;
  const status = { state: ending, url: url ?? runUrl, description };
  await attempt(ui, () => setCommitStatus(github, sha, run.envId, status));
}

/** A failed report is a warning that says what was not done. */
async function attempt<T>({ warn }: Pick<Ui, "warn">, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    warn(error instanceof PaasError ? notDone(error) : `not reported to GitHub: ${String(error)}`);
    return null;
  }
}

function notDone({ message, details, next }: PaasError): string {
  const why = details.length > 0 ? ` (${details.join("; ")})` : "";
  return `${message}${why}${next ? `; ${next}` : ""}`;
}

/** On a pull request the commit that people see: the merge of it that is built has no place on any page. */
function shaOf({ commit }: Run, { event, sha }: ActionsContext): string | null {
  if (event.kind !== "pull-request") return commit;
  return commit === null || commit === sha ? event.pull.headSha : commit;
}

function describe({ run, result, duration }: Report): string {
  if ("failure" in result) return result.failure.message;
  return `environment ${run.envId} is up after ${durationWords(duration)}`;
}

function endingOf(result: Report["result"]): Ending {
  if ("outcome" in result) return "success";
  return result.failure.interrupted ? "error" : "failure";
}

function failureOf(error: unknown, stopped: boolean): Failure {
  if (!(error instanceof PaasError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: "bug", message, details: [], next: null, interrupted: stopped };
  }
  const { code, message, details, next, exit } = error;
  const interrupted = stopped || exit === EXIT.interrupted;
  return { code, message, details, next: next ?? null, interrupted };
}

/** Keeps the last word of each step, in the order in which they began. */
function stepLines(): { watch: Emit; steps(): StepLine[] } {
  const lines = new Map<string, StepLine>();
  const watch = ({ step, status, detail = "", duration }: PipelineEvent) => {
    if (status === "started") lines.set(step, { step, status: "unfinished", detail: "", duration: null });
    if (status === "done" || status === "failed" || status === "skipped") {
      lines.set(step, { step, status, detail, duration: duration ?? null });
    }
  };
  return { watch, steps: () => [...lines.values()] };
}
