import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLWarning,
} from "yaml";
import type { Json, JsonMap } from "./manifest.js";
import { type Path, shown } from "./problem.js";

export type Position = { line: number; column: number };

/** How far a path leads into the document, and where its last step that exists stands. */
export type Place = { depth: number; key: Position; value: Position };

/** YAML as plain values that still know where they were written. */
export type YamlMap = { value: JsonMap; place(path: Path): Place };

export type YamlFailure = Position & { message: string };

const START: Position = { line: 1, column: 1 };

/** Reads one YAML document whose top is a map; otherwise everything that is wrong with it. */
export function parseYaml(text: string): YamlMap | { failures: YamlFailure[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return { failures: broken.map((error) => ({ ...position(lines, error.pos[0]), message: messageOf(error) })) };
  }
  const hidden = protoKeys(document, lines);
  if (hidden.length > 0) return { failures: hidden };

  keepVariablesAsWritten(document);
  const value = plain(document);
  if (value instanceof Error) return { failures: [{ ...START, message: value.message }] };
  if (value === null) return { failures: [{ ...START, message: "the file is empty; `paas init` writes one" }] };
  if (typeof value !== "object" || Array.isArray(value)) {
    return { failures: [{ ...START, message: `found ${shown(value)} at the top, expected a map` }] };
  }
  return { value, place: (path) => placeOf(document, lines, path) };
}

function messageOf(error: YAMLError | YAMLWarning): string {
  return error.code === "MULTIPLE_DOCS" ? "a second document begins here; the file holds one" : error.message;
}

function plain(document: Document): Json | Error {
  try {
    const value = (document.toJS() ?? null) as Json;
    JSON.stringify(value); // throws when an alias stands inside its own anchor
    return value;
  } catch (error) {
    return new Error(`anchors and aliases do not resolve: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** A key that would change the prototype of the map it stands in is no key of ours. */
function protoKeys(document: Document, lines: LineCounter): YamlFailure[] {
  const failures: YamlFailure[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || pair.key.value !== "__proto__") return;
      failures.push({ ...position(lines, pair.key.range?.[0] ?? 0), message: "__proto__ cannot be a key" });
    },
  });
  return failures;
}

const VARIABLE_MAPS: Path[] = [
  ["services", "*", "env"],
  ["environments", "*", "services", "*", "env"],
];

/** Variables arrive as they were written: `1.10` is not the number 1.1. */
function keepVariablesAsWritten(document: Document): void {
  for (const variables of VARIABLE_MAPS.flatMap((path) => nodesAt(document, document.contents, path))) {
    for (const { value } of isMap(variables) ? variables.items : []) {
      if (!isScalar(value) || value.source === undefined) continue;
      if (typeof value.value === "number" || typeof value.value === "boolean") value.value = value.source;
    }
  }
}

/** Nodes that a path leads to; `*` stands for every key. */
function nodesAt(document: Document, node: unknown, path: Path): unknown[] {
  const container = isAlias(node) ? node.resolve(document) : node;
  const [step, ...rest] = path;
  if (step === undefined) return [container];
  if (!isMap(container)) return [];
  const wanted = container.items.filter(({ key }) => step === "*" || (isScalar(key) && key.value === step));
  return wanted.flatMap(({ value }) => nodesAt(document, value, rest));
}

function placeOf(document: Document, lines: LineCounter, path: Path): Place {
  let node: unknown = document.contents;
  let place: Place = { depth: 0, key: START, value: startOf(lines, node) ?? START };
  for (const step of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const child = childOf(container, step);
    if (!child) break;
    const value = startOf(lines, child.value);
    const key = startOf(lines, child.key) ?? value ?? place.key;
    place = { depth: place.depth + 1, key, value: value ?? key };
    node = child.value;
  }
  return place;
}

function childOf(container: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
  if (isMap(container)) return container.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (isSeq(container) && typeof step === "number" && step in container.items) {
    return { key: null, value: container.items[step] };
  }
  return undefined;
}

function startOf(lines: LineCounter, node: unknown): Position | undefined {
  const start = (node as Node | null)?.range?.[0];
  return start === undefined ? undefined : position(lines, start);
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
