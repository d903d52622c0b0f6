import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { TokenType } from "@actions/expressions/lexer";
import type { Json, JsonObject } from "./json.js";

/** What `success()`, `failure()` and `cancelled()` look at. */
export type Status = {
  success: boolean;
  failure: boolean;
  cancelled: boolean;
  /** Results of earlier jobs by lower-case id, for `success('build')`. */
  jobs: Record<string, string>;
};

/** What an expression can see at one place of a workflow. */
export type Scope = {
  contexts: JsonObject;
  status: Status;
  /** `hashFiles()`: the hash of the workspace's files, empty when none matches. */
  hashFiles: (patterns: string[]) => string;
};

const CONTEXTS = [
  ...["github", "env", "vars", "secrets", "inputs", "needs", "matrix", "strategy"],
  ...["runner", "job", "steps"],
];
export const STATUS_FUNCTIONS = ["success", "failure", "cancelled", "always"];
const ANY_NUMBER = { minArgs: 0, maxArgs: 255 };
const OWN_FUNCTIONS = [...STATUS_FUNCTIONS, "hashFiles"].map((name) => ({ name, ...ANY_NUMBER }));

/** One word of an expression; `text` is as it was written. */
export type Word = { text: string; kind: "name" | "text" | "other" };

/**
 * Evaluates an expression (what stands between `${{` and `}}`) with GitHub's own parser and evaluator.
 * @throws Error with GitHub's text when the expression is wrong
 */
export function evaluate(expression: string, scope: Scope): Json {
  const tree = new Parser(tokensOf(expression), CONTEXTS, OWN_FUNCTIONS).parse();
  const contexts = CONTEXTS.map((name) => ({ key: name, value: toData(scope.contexts[name] ?? {}) }));
  return fromData(new Evaluator(tree, new data.Dictionary(...contexts), functionsOf(scope)).evaluate());
}

/** A value as an expression turns it into text: null is empty, whole numbers have no point. */
export function textOf(value: Json): string {
  return toData(value).coerceString();
}

/** A value as `if:` sees it. */
export function isTrue(value: Json): boolean {
  return !(value === null || value === false || value === 0 || value === "" || Number.isNaN(value));
}

export function wordsOf(expression: string): Word[] {
  return tokensOf(expression).map(({ type, lexeme }) => ({
    text: lexeme,
    kind: type === TokenType.IDENTIFIER ? "name" : type === TokenType.STRING ? "text" : "other",
  }));
}

/** The library takes the doubled quote out of a literal only once; GitHub does it everywhere. */
function tokensOf(expression: string): ReturnType<Lexer["lex"]>["tokens"] {
  return new Lexer(expression)
    .lex()
    .tokens.map((token) =>
      token.type === TokenType.STRING ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token,
    );
}

function functionsOf({ status, hashFiles }: Scope) {
  const every = (ids: string[]) => ids.every((id) => status.jobs[id] === "success");
  const some = (ids: string[]) => ids.some((id) => status.jobs[id] === "failure");
  const functions: Record<string, (words: string[]) => Json> = {
    success: (ids) => !status.cancelled && (ids.length > 0 ? every(ids.map(lowerCase)) : status.success),
    failure: (ids) => (ids.length > 0 ? some(ids.map(lowerCase)) : status.failure),
    cancelled: () => status.cancelled,
    always: () => true,
    hashfiles: hashFiles,
  };
  return new Map(
    Object.entries(functions).map(([name, call]) => [
      name,
      {
        name,
        ...ANY_NUMBER,
        call: (...words: data.ExpressionData[]) => toData(call(words.map((word) => word.coerceString()))),
      },
    ]),
  );
}

const lowerCase = (text: string) => text.toLowerCase();

function toData(value: Json): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}

function fromData(value: data.ExpressionData): Json {
  return JSON.parse(JSON.stringify(value, data.replacer)) as Json;
}
