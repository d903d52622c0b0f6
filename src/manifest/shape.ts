import { z } from "zod";
import type { Json, JsonMap } from "./manifest.js";
import { isMap } from "./merge.js";
import { type Path, shown } from "./problem.js";
import type { Finding } from "./rules.js";
import { suggestion } from "./suggest.js";

type Issue = z.core.$ZodIssue;

/** What a schema says against a document, as findings in our words. */
export function shapeFindings(schema: z.ZodType, document: JsonMap): Finding[] {
  const { error } = schema.safeParse(document);
  return distinct((error?.issues ?? []).flatMap((issue) => findingsOf(issue, schema, document)));
}

/**
 * The document without the values that the findings are about, so that rules can judge the rest in the same pass. A
 * list goes whole when one entry is wrong: its other entries would move.
 */
export function without(document: JsonMap, findings: readonly Finding[]): JsonMap {
  return findings.flatMap(({ paths }) => paths).reduce<JsonMap>((rest, path) => dropped(rest, path), document);
}

function findingsOf(issue: Issue, schema: z.ZodType, document: JsonMap): Finding[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(schema, path);
    return issue.keys.map((key) => ({ paths: [[...path, key]], message: unknownKey(key, allowed), atKey: true }));
  }
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0]?.message ?? issue.message;
    return [{ paths: [path], message: `found ${shown(path.at(-1))}, expected ${expected}`, atKey: true }];
  }
  const found = valueAt(document, path);
  const message = found === undefined ? "is missing, expected" : `found ${shown(found)}, expected`;
  return [{ paths: [path], message: `${message} ${issue.message}` }];
}

function unknownKey(key: string, allowed: string[]): string {
  const near = suggestion(key, allowed);
  const known = `allowed: ${allowed.join(", ")}`;
  return near === null ? `unknown key; ${known}` : `unknown key; did you mean "${near}"? (${known})`;
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const inner = path.reduce<unknown>((at, step) => child(unwrapped(at), step), schema);
  const object = unwrapped(inner);
  if (object instanceof z.ZodRecord && object.keyType instanceof z.ZodEnum) return object.keyType.options.map(String);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function child(schema: unknown, step: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[step];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function unwrapped(schema: unknown): unknown {
  const wrapper = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return wrapper ? unwrapped(schema.unwrap()) : schema;
}

function valueAt(document: JsonMap, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
    return isMap(value) ? value[step] : undefined;
  }, document);
}

function dropped(map: JsonMap, path: Path): JsonMap {
  const [step, ...rest] = path;
  if (step === undefined) return {};
  const { [step]: value, ...others } = map;
  return rest.length > 0 && isMap(value) ? { ...map, [step]: dropped(value, rest) } : others;
}

/** A value that fails several checks of one field is still one problem. */
function distinct(findings: Finding[]): Finding[] {
  const seen = new Map(findings.map((finding) => [JSON.stringify([finding.paths, finding.message]), finding]));
  return [...seen.values()];
}
