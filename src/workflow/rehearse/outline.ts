import { foresee } from "./conditions.js";
import type { Scope } from "./expressions.js";
import type { Json } from "./json.js";
import { resolveText, resolveTexts, withContexts } from "./templates.js";
import type { StepTranscript } from "./transcript.js";
import type { Step } from "./workflow-file.js";

/** A step of which only the file is known. */
export function blankStep(step: Step): StepTranscript {
  return {
    id: step.id,
    name: stepName(step, String),
    kind: step.uses === null ? "run" : "action",
    uses: step.uses,
    with: {},
    condition: { text: step.condition ?? "success()", result: null },
    status: "skipped",
    tolerated: false,
    outputs: {},
    log: [],
    duration: 0,
  };
}

export function stepName(step: Step, textOf: (value: Json) => string): string {
  if (step.name !== null) return textOf(step.name);
  return `Run ${step.uses ?? String(step.run ?? "").split("\n")[0]}`;
}

/** What steps would do, without running them; a condition that rests on outputs stays open. */
export function outlineSteps(steps: Step[], env: Record<string, string>, scope: Scope): StepTranscript[] {
  return steps.map((step) => {
    const seen = withContexts(scope, { env: { ...env, ...resolveTexts(step.env, withContexts(scope, { env })) } });
    const condition = foresee(step.condition, seen);
    return {
      ...blankStep(step),
      name: stepName(step, (value) => resolveText(value, seen)),
      with: resolveTexts(step.with, seen),
      condition,
      status: condition.result === false ? "skipped" : "planned",
    };
  });
}
