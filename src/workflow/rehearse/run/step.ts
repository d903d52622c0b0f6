import { decide } from "../conditions.js";
import type { Scope } from "../expressions.js";
import { blankStep, stepName } from "../outline.js";
import { minutesOf, resolve, resolveText, resolveTexts, withContexts } from "../templates.js";
import type { Line, StepTranscript } from "../transcript.js";
import type { Step } from "../workflow-file.js";
import { runAction } from "./action.js";
import { lineTaker } from "./output.js";
import { type Frame, type Runner, stepScope } from "./runner.js";
import { FailedScript, runScript } from "./script.js";

/** How a step that names no shell or folder runs. */
export type Defaults = { shell: string | null; workingDirectory: string | null };

/** One step in its surroundings, being run. */
type Attempt = {
  step: Step;
  runner: Runner;
  frame: Frame;
  defaults: Defaults;
  transcript: StepTranscript;
  onLine: (line: string) => void;
};

/**
 * Runs one step, and leaves in the frame and the runner what its end means for the steps after it.
 * @param onLine gets what the step prints
 */
export async function runStep(
  step: Step,
  runner: Runner,
  frame: Frame,
  defaults: Defaults,
  onLine: (line: Line) => void,
): Promise<StepTranscript> {
  const started = performance.now();
  const transcript = blankStep(step);
  const lines = lineTaker(runner, transcript, onLine);
  const attempt = { step, runner, frame, defaults, transcript, onLine: lines.take };
  try {
    transcript.status = (await isWanted(attempt)) ? await perform(attempt) : "skipped";
  } catch (error) {
    if (error instanceof FailedScript) Object.assign(transcript.outputs, error.outputs);
    lines.fail(error instanceof Error ? error.message : String(error));
    transcript.status = runner.cancelled === null ? "failure" : "cancelled";
    transcript.tolerated = transcript.status === "failure" && isTolerated(attempt);
  }
  transcript.duration = Math.round(performance.now() - started);
  remember(transcript, runner, frame);
  return transcript;
}

async function isWanted(attempt: Attempt): Promise<boolean> {
  const { step, transcript } = attempt;
  const scope = scopeOf(attempt);
  transcript.name = stepName(step, (value) => resolveText(value, scope));
  transcript.condition = decide(step.condition, scope);
  return transcript.condition.result === true;
}

async function perform(attempt: Attempt): Promise<"success"> {
  const { step, runner, transcript, onLine } = attempt;
  const scope = scopeOf(attempt);
  if (step.uses === null) {
    Object.assign(transcript.outputs, await runScript(scriptOf(attempt, scope), runner));
  } else {
    transcript.with = resolveTexts(step.with, scope);
    const env = variablesOf(attempt);
    const call = { uses: step.uses, inputs: transcript.with, env, name: transcript.name, scope, onLine };
    Object.assign(transcript.outputs, await runAction(call, runner));
  }
  return "success";
}

function scriptOf(attempt: Attempt, scope: Scope) {
  const { step, frame, defaults, onLine } = attempt;
  return {
    text: resolveText(step.run, scope),
    shell: step.shell === null ? defaults.shell : resolveText(step.shell, scope),
    workingDirectory:
      step.workingDirectory === null ? defaults.workingDirectory : resolveText(step.workingDirectory, scope),
    env: variablesOf(attempt),
    actionPath: frame.actionPath,
    timeout: minutesOf(step.timeoutMinutes, scope),
    onLine,
  };
}

function isTolerated(attempt: Attempt): boolean {
  return resolve(attempt.step.continueOnError, scopeOf(attempt)) === true;
}

function variablesOf({ step, runner, frame }: Attempt): Record<string, string> {
  const outer = { ...runner.env, ...frame.env };
  return { ...outer, ...resolveTexts(step.env, stepScope(runner, frame, outer)) };
}

function scopeOf(attempt: Attempt): Scope {
  const env = variablesOf(attempt);
  return withContexts(stepScope(attempt.runner, attempt.frame, env), { env });
}

function remember({ id, status, tolerated, outputs }: StepTranscript, runner: Runner, frame: Frame): void {
  if (id !== null) frame.steps[id] = { outputs, outcome: status, conclusion: tolerated ? "success" : status };
  if (status !== "failure" || tolerated) return;
  if (frame.inputs === null) runner.failed = true;
  else frame.failed = true;
}
