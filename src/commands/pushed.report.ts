import path from "node:path";
import { LEFT_OUT, type Progress, type Result, type Transcript } from "../workflow/rehearse/transcript.js";

type LineProgress = Extract<Progress, { kind: "line" }>;

/**
 * What a push shows of a rehearsal: which workflow starts, its jobs, and what their scripts print. Actions only set up,
 * so that their lines are kept for when one fails.
 */
export class PushView {
  /** paas has printed an error of its own. */
  toldError = false;
  #step = "";
  readonly #told = new Set<string>();
  #kept: string[] = [];
  readonly #starts = new Map<string, string>();
  readonly #leftOut: string[] = [];

  linesOf(progress: Progress): string[] {
    switch (progress.kind) {
      case "workflow":
        this.#workflow(progress);
        return [];
      case "job":
        return this.#job(progress);
      case "step":
        if (progress.status !== "failure") this.#kept = [];
        return [];
      case "line":
        return this.#lineOf(progress);
    }
  }

  /** Last lines of what failed, so far as they were not shown. */
  kept(): string[] {
    return this.#kept.slice(-LAST_LINES);
  }

  #workflow({ workflow, starts, why }: Extract<Progress, { kind: "workflow" }>): void {
    if (why === LEFT_OUT) this.#leftOut.push(nameOf(workflow));
    else if (starts) this.#starts.set(workflow, `${nameOf(workflow)} starts: ${why} (GitHub Actions is simulated)`);
  }

  /** A workflow is worth a line when a job of it runs. */
  #job({ workflow, job, status }: Extract<Progress, { kind: "job" }>): string[] {
    if (status !== "started") return [];
    const starts = this.#starts.get(workflow);
    this.#starts.delete(workflow);
    return [...(starts === undefined ? [] : [starts]), ...this.#others(), `job ${job}`];
  }

  /** Said once, when something runs. */
  #others(): string[] {
    const names = this.#leftOut.splice(0);
    return names.length > 0 ? [`left out, since they have nothing to do with environments: ${names.join(", ")}`] : [];
  }

  #lineOf({ by, step, text, source }: LineProgress): string[] {
    if (by === "action" || source === "runner") {
      this.#kept.push(text);
      return [];
    }
    const lines = this.#shown(text, source);
    for (const line of lines) this.#told.add(line.trim());
    if (lines.length === 0 || step === this.#step) return lines;
    this.#step = step;
    return [`step ${step}`, ...lines];
  }

  #shown(text: string, source: LineProgress["source"]): string[] {
    switch (source) {
      case "group":
        return [];
      case "grouped":
        return [`  ${text}`];
      case "warning":
        return [`! ${text}`];
      case "error":
        return this.#isTold(text) ? [] : [`error: ${text}`];
      default:
        this.toldError ||= /^error: .*\[[a-z-]+\]$/.test(text);
        return [text];
    }
  }

  /** paas prints an error in words, too. */
  #isTold(annotation: string): boolean {
    const [first = ""] = annotation.split("\n");
    return [...this.#told].some((line) => line.includes(first));
  }
}

const LAST_LINES = 20;

/** Why workflows and jobs ended so, one line for each. */
export function reasonsOf({ workflows }: Transcript, result: Result): string[] {
  return workflows.flatMap(({ path: file, starts, why, problems, jobs }) => {
    if (!starts) {
      if (result !== "skipped") return [];
      return [`${nameOf(file)} does not start: ${[why, ...problems].join("; ")}`];
    }
    return jobs
      .filter((job) => job.result === result)
      .map((job) => `job ${job.id} of ${nameOf(file)}: ${job.why ?? failedStep(job) ?? WORDS[result]}`);
  });
}

type Job = Transcript["workflows"][number]["jobs"][number];

const WORDS: Record<Result, string> = {
  success: "it went well",
  failure: "it failed",
  cancelled: "it was cancelled",
  skipped: "it was skipped",
};

function failedStep({ steps }: Job): string | null {
  const step = steps.find(({ status, tolerated }) => status === "failure" && !tolerated);
  return step ? `step "${step.name}" failed` : null;
}

function nameOf(file: string): string {
  return path.posix.basename(file);
}
