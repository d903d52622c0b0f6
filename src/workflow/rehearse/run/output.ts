import { type Line, loggedText, type StepTranscript } from "../transcript.js";
import { parseWorkflowCommand } from "../workflow-commands.js";
import type { Runner } from "./runner.js";

/** Lines kept of a step. */
const MOST_LINES = 5_000;

export type LineTaker = {
  /** One line that the step printed. */
  take(line: string): void;
  /** What the runner says when a step fails. */
  fail(text: string): void;
};

/** Takes the lines of a step: acts on workflow commands, hides what is masked, keeps and tells the rest. */
export function lineTaker(runner: Runner, step: StepTranscript, tell: (line: Line) => void): LineTaker {
  let stopped: string | null = null;
  let grouped = false;
  const say = (text: string, source: Line["source"] = grouped ? "grouped" : "output") => {
    const shown = runner.masks.hide(text);
    if (step.log.length < MOST_LINES) step.log.push(loggedText({ text: shown, source }));
    tell({ step: step.name, text: shown, source });
  };
  const take = (line: string) => {
    if (stopped !== null) {
      if (line.trim() === `::${stopped}::`) stopped = null;
      else say(line);
      return;
    }
    const command = parseWorkflowCommand(line);
    switch (command?.kind) {
      case undefined:
        return say(line);
      case "mask":
        return runner.masks.add(command.value);
      case "stop":
        stopped = command.token;
        return;
      case "output":
        step.outputs[command.name] = command.value;
        runner.transcript.warnings.push("`::set-output` is deprecated: write to $GITHUB_OUTPUT");
        return;
      case "annotation": {
        const { annotation } = command;
        const message = runner.masks.hide(annotation.message);
        runner.transcript.annotations.push({ ...annotation, message });
        return say(message, annotation.level);
      }
      case "group":
        say(command.name, "group");
        grouped = true;
        return;
      case "group-end":
        grouped = false;
        return;
      case "debug":
        return;
    }
  };
  return { take, fail: (text) => say(text, "runner") };
}
