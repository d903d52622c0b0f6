import { evaluate, type Scope, textOf } from "./expressions.js";
import { isObject, type Json, objectOf } from "./json.js";

/** A piece of a text that may hold expressions. */
export type Part = { literal: string } | { expression: string };

/**
 * Splits `a ${{ b }} c` into its pieces; a `}}` inside quotes does not end an expression.
 * @throws Error for an expression that is not closed
 */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf("${{");
    if (start < 0) return rest === "" ? parts : [...parts, { literal: rest }];
    if (start > 0) parts.push({ literal: rest.slice(0, start) });
    const end = endOfExpression(rest, start + 3);
    parts.push({ expression: rest.slice(start + 3, end).trim() });
    rest = rest.slice(end + 2);
  }
}

function endOfExpression(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith("}}", at)) return at;
  }
  throw new Error(`the expression is not closed: ${text.slice(start - 3)}`);
}

/** A value of the workflow file with every expression in it evaluated, keys included. */
export function resolve(value: Json | undefined, scope: Scope): Json {
  if (value === undefined) return null;
  if (typeof value === "string") return resolveString(value, scope);
  if (Array.isArray(value)) return value.flatMap((item) => resolveItem(item, scope));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [textOf(resolve(key, scope)), resolve(item, scope)]),
  );
}

/** An item of a list that is an expression may yield a list: its items take the place of it. */
function resolveItem(item: Json, scope: Scope): Json[] {
  const resolved = resolve(item, scope);
  return typeof item === "string" && Array.isArray(resolved) ? resolved : [resolved];
}

function resolveString(text: string, scope: Scope): Json {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only && "expression" in only) return evaluate(only.expression, scope);
  return parts.map((part) => ("literal" in part ? part.literal : textOf(evaluate(part.expression, scope)))).join("");
}

export function resolveText(value: Json | undefined, scope: Scope): string {
  return textOf(resolve(value, scope));
}

/** A mapping whose values become texts: `env`, `with`. */
export function resolveTexts(value: Json | undefined, scope: Scope): Record<string, string> {
  const resolved = objectOf(resolve(value, scope));
  return Object.fromEntries(Object.entries(resolved).map(([key, item]) => [key, textOf(item)]));
}

/** The scope with more or other contexts in it. */
export function withContexts(scope: Scope, contexts: Scope["contexts"]): Scope {
  return { ...scope, contexts: { ...scope.contexts, ...contexts } };
}

/** A time limit in minutes; null where there is none. */
export function minutesOf(value: Json, scope: Scope): number | null {
  if (value === null) return null;
  const minutes = Number(resolveText(value, scope));
  return Number.isFinite(minutes) && minutes > 0 ? minutes : null;
}
