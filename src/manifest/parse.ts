import { fixedEnvironments, overlayRules } from "./environments.js";
import type { Json, JsonMap, Manifest, Overlay, PlatformBlock } from "./manifest.js";
import { isMap, mergeFor, overlaysFor } from "./merge.js";
import { serviceOf } from "./normalize.js";
import { ManifestError, type Path, type Problem, pathText } from "./problem.js";
import { contentRules, type Draft, type Finding } from "./rules.js";
import { type ManifestDocument, type MergedDocument, manifestSchema, mergedSchema } from "./schema.js";
import { shapeFindings, without } from "./shape.js";
import { type Place, parseYaml, type YamlMap } from "./yaml.js";

export type Parsed = { manifest: Manifest } | { problems: Problem[] };

/** A finding at a place in the file; `path` is the one that the user wrote, overlays included. */
type Located = { path: Path; place: Place; depth: number };

/**
 * Reads the text of a `paas.yaml`, with every problem that it has: in YAML, in the shape of values, in what they mean
 * together, and in what overlays make of them.
 * @param file name for messages
 */
export function parseManifest(text: string, file: string): Parsed {
  const yaml = parseYaml(text);
  if ("failures" in yaml) {
    return { problems: yaml.failures.map((failure) => ({ file, ...failure, path: "" })) };
  }
  const shape = shapeFindings(manifestSchema, yaml.value);
  const { base, overlays } = split(without(yaml.value, shape));
  const problems = [
    ...[...shape, ...overlayRules(overlays)].map((finding) => problemOf(finding, file, yaml, [])),
    ...contentRules(base as Draft, (base as Draft).location).map((finding) => problemOf(finding, file, yaml, [])),
    ...sampleIds(overlays).flatMap((envId) => mergedProblems({ base, overlays, file, yaml }, envId, shape)),
  ];
  return problems.length > 0 ? { problems: inOrder(problems) } : { manifest: manifestOf(base, overlays, file, text) };
}

/**
 * The manifest of a text.
 * @param file name for messages
 * @throws ManifestError `manifest-invalid` with every problem (exit 2)
 */
export function requireManifest(text: string, file: string): Manifest {
  const parsed = parseManifest(text, file);
  if ("problems" in parsed) throw new ManifestError(file, parsed.problems);
  return parsed.manifest;
}

/**
 * The manifest merged for one environment, as a document that the schema has accepted.
 * @throws ManifestError when overlays that were never seen together contradict each other
 */
export function mergedDocument(manifest: Manifest, envId: string): MergedDocument {
  const merged = mergeFor(manifest.base, manifest.overlays, envId);
  const { data } = mergedSchema.safeParse(merged);
  if (data && contentRules(data as Draft, manifest.location).length === 0) return data;

  const { file, text } = manifest.source;
  const yaml = parseYaml(text);
  if ("failures" in yaml) throw new Error(`${file} was accepted but does not parse`);
  throw new ManifestError(file, inOrder(mergedProblems({ ...manifest, file, yaml }, envId, [])));
}

function manifestOf(base: JsonMap, overlays: Overlay[], file: string, text: string): Manifest {
  const document = manifestSchema.parse(base) as ManifestDocument;
  const { platform } = document;
  return {
    name: document.name,
    id: document.id,
    location: document.location,
    isolation: document.isolation ?? "shared",
    services: Object.entries(document.services).map(([name, service]) => serviceOf(name, service)),
    platform: platform ? { ...platform, identities: platform.identities ?? {}, tiers: tiersOf(platform.tiers) } : null,
    overlays,
    base,
    source: { file, text },
  };
}

function tiersOf(written: NonNullable<ManifestDocument["platform"]>["tiers"] = {}): PlatformBlock["tiers"] {
  const { nonprod, prod } = written;
  return { ...(nonprod ? { nonprod } : {}), ...(prod ? { prod } : {}) };
}

function split(document: JsonMap): { base: JsonMap; overlays: Overlay[] } {
  const { environments, ...base } = document;
  const entries = isMap(environments) ? Object.entries(environments) : [];
  return { base, overlays: entries.map(([key, changes]) => ({ key, changes: mapOr(changes) })) };
}

function mapOr(value: Json): JsonMap {
  return isMap(value) ? value : {};
}

/** One environment for every way in which the overlays can apply: each exact id, and an id for each pattern. */
function sampleIds(overlays: Overlay[]): string[] {
  const fixed = fixedEnvironments({ overlays }).map(({ envId }) => envId);
  return [...new Set([...fixed, ...overlays.map(({ key }) => key.replaceAll("*", "x"))])];
}

type Checked = { base: JsonMap; overlays: readonly Overlay[]; file: string; yaml: YamlMap };

/** What is wrong once the overlays of an environment have been applied, but for values that were `reported` already. */
function mergedProblems(checked: Checked, envId: string, reported: Finding[]): Problem[] {
  const { base, overlays, file, yaml } = checked;
  const merged = mergeFor(base, overlays, envId);
  const shape = shapeFindings(mergedSchema, merged);
  const known = reported.flatMap(({ paths }) => paths.map(mergedPath));
  const fresh = shape.filter(({ paths }) => !paths.some((path) => known.some((other) => begins(other, path))));
  const findings = [...fresh, ...contentRules(without(merged, shape) as Draft, (base as Draft).location)];
  const keys = overlaysFor(overlays, envId).map(({ key }) => key);
  return findings.map((finding) => problemOf(finding, file, yaml, keys));
}

function begins(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** Where a path of the file ends up when overlays are merged. */
function mergedPath(path: Path): Path {
  return path[0] === "environments" ? path.slice(2) : path;
}

/** Where the user wrote what a finding is about: the last overlay that says something about it, else the base. */
function problemOf(finding: Finding, file: string, yaml: YamlMap, overlayKeys: string[]): Problem {
  const prefixes: Path[] = [...overlayKeys.toReversed().map((key) => ["environments", key]), []];
  const candidates = prefixes.flatMap((prefix) => finding.paths.map((path) => located(yaml, prefix, path)));
  const best = candidates.reduce((left, right) => (right.depth > left.depth ? right : left));
  const { line, column } = finding.atKey ? best.place.key : best.place.value;
  return { file, line, column, path: pathText(best.path), message: finding.message };
}

/** `depth` is how much of the path stands there: all of it is as good as it gets, however long the path is. */
function located(yaml: YamlMap, prefix: Path, path: Path): Located {
  const place = yaml.place([...prefix, ...path]);
  const missing = prefix.length + path.length - place.depth;
  return { path: [...prefix, ...path], place, depth: -missing };
}

/** Sorted by place; what several environments share is said once. */
function inOrder(problems: Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...distinct.values()].sort((left, right) => left.line - right.line || left.column - right.column);
}
