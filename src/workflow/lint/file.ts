import {
  convertWorkflowTemplate,
  isBasicExpression,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from "@actions/workflow-parser";
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { parseWorkflowFile, type Workflow } from "../rehearse/workflow-file.js";
import type { Path } from "./finding.js";

export type Place = { line: number; column: number };

/** A workflow file that GitHub would accept, with the places of what is in it. */
export type LintFile = {
  path: string;
  text: string;
  workflow: Workflow;
  /** Where a value stands, as far as its path is there: of a block the line with its key. */
  place(at: Path): Place;
  /** Where each expression of a value stands. */
  expressionPlaces(at: Path): Place[];
};

/** What GitHub says against a file. */
export type Refusal = Place & { message: string };

/** Reads a workflow file with GitHub's own parser; its refusals instead, when it would not start. */
export async function readLintFile(path: string, text: string): Promise<LintFile | Refusal[]> {
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  const refusals = context.errors.getErrors().map(({ rawMessage, range }) => ({
    line: range?.start.line ?? 1,
    column: range?.start.column ?? 1,
    message: rawMessage,
  }));
  if (refusals.length > 0 || !value) return refusals;
  const { workflow, problems } = await parseWorkflowFile(path, text);
  if (!workflow) return problems.map((message) => ({ line: 1, column: 1, message }));
  return {
    path,
    text,
    workflow,
    place: (at) => placeOf(shown(find(value, at))),
    expressionPlaces: (at) => expressionsOf(find(value, at).token).map(placeOf),
  };
}

/** A token and the key that it stands under. */
type Found = { key: TemplateToken | null; token: TemplateToken };

/** The token that a path leads to, or the last one on the way. */
function find(root: TemplateToken, at: Path): Found {
  let found: Found = { key: null, token: root };
  for (const step of at) {
    const next = childOf(found.token, step);
    if (!next) return found;
    found = next;
  }
  return found;
}

function childOf(token: TemplateToken, step: string | number): Found | null {
  if (isMapping(token)) return [...token].map(pairOf).find(({ key }) => key.toString() === String(step)) ?? null;
  if (!isSequence(token) || typeof step !== "number" || step >= token.count) return null;
  return { key: null, token: token.get(step) };
}

function pairOf({ key, value }: { key: ScalarToken; value: TemplateToken }) {
  return { key, token: value };
}

function shown({ key, token }: Found): TemplateToken {
  const isBlock = isMapping(token) || isSequence(token) || token.toString() === "";
  return key !== null && isBlock ? key : token;
}

function expressionsOf(token: TemplateToken): TemplateToken[] {
  return isBasicExpression(token) ? (token.originalExpressions ?? [token]) : [];
}

function placeOf({ range }: TemplateToken): Place {
  return { line: range?.start.line ?? 1, column: range?.start.column ?? 1 };
}
