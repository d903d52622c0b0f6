import { evaluate, isTrue, type Scope, STATUS_FUNCTIONS, type Word, wordsOf } from "./expressions.js";
import { partsOf } from "./templates.js";

/** An `if:` and what came of it; null when that depends on what a step prints while it runs. */
export type Condition = { text: string; result: boolean | null };

/**
 * Decides an `if:`. Without one of the status functions in it GitHub puts `success() &&` before it; text around an
 * expression makes it a text, which is always true.
 * @throws Error with GitHub's text when the expression is wrong
 */
export function decide(condition: string | null, scope: Scope): Condition {
  if (condition === null) return { text: "success()", result: evaluate("success()", scope) === true };
  const expression = expressionIn(condition);
  if (expression === null) return { text: condition, result: true };
  const whole = asksForStatus(expression) ? expression : `success() && (${expression})`;
  return { text: condition, result: isTrue(evaluate(whole, scope)) };
}

/** The same before anything has run: what rests on outputs is left open. */
export function foresee(condition: string | null, scope: Scope): Condition {
  const expression = condition === null ? null : expressionIn(condition);
  if (condition !== null && expression !== null && restsOnOutputs(expression)) return { text: condition, result: null };
  return decide(condition, scope);
}

/** True when an expression somewhere in the text reads outputs, which exist only after steps have run. */
export function textRestsOnOutputs(text: string): boolean {
  return partsOf(text).some((part) => "expression" in part && restsOnOutputs(part.expression));
}

function expressionIn(condition: string): string | null {
  const text = condition.trim();
  if (!text.includes("${{")) return text;
  const [first, ...others] = partsOf(text);
  return first && "expression" in first && others.length === 0 ? first.expression : null;
}

function asksForStatus(expression: string): boolean {
  return wordsOf(expression).some(
    (word, index, words) =>
      isContextOrFunction(words, index) &&
      STATUS_FUNCTIONS.includes(word.text.toLowerCase()) &&
      words[index + 1]?.text === "(",
  );
}

function restsOnOutputs(expression: string): boolean {
  return wordsOf(expression).some((word, index, words) => {
    if (!isContextOrFunction(words, index)) return false;
    if (word.text === "steps") return true;
    return word.text === "needs" && words[index + 3]?.text === "." && words[index + 4]?.text === "outputs";
  });
}

/** A name that is not the property of another one. */
function isContextOrFunction(words: Word[], index: number): boolean {
  return words[index]?.kind === "name" && words[index - 1]?.text !== ".";
}
