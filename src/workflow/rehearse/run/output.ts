import type { StepTranscript } from "../transcript.js";
import { parseWorkflowCommand } from "../workflow-commands.js";
import type { Runner } from "./runner.js";

/** Lines kept of a step. */
const MOST_LINES = 5_000;

/** Takes the lines of a step: acts on workflow commands, hides what is masked, keeps and tells the rest. */
export function lineTaker(runner: Runner, step: StepTranscript, tell: (line: string) => void): (line: string) => void {
  let stopped: string | null = null;
  const say = (line: string) => {
    const shown = runner.masks.hide(line);
    if (step.log.length < MOST_LINES) step.log.push(shown);
    tell(shown);
  };
  return (line) => {
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
        return say(`${annotation.level}: ${message}`);
      }
      case "group":
        return say(`▾ ${command.name}`);
      case "group-end":
      case "debug":
        return;
    }
  };
}
