import { join, type Listing } from "./listing.js";

/** Node's long-term release that an app gets which asks for none. */
const NODE = 24;
/** Python that an app gets which asks for none. */
const PYTHON = "3.13";

/**
 * Major version for the tag of a Node image, from `.nvmrc`, `.node-version` or `engines`. A lower bound is no wish for
 * an old release, and odd ones are never chosen.
 * @param engines `engines.node` as written
 */
export function nodeMajor(files: Listing, folder: string, engines: string | null): string {
  const pinned = firstText(files, folder, [".nvmrc", ".node-version"]);
  const wanted = (pinned ?? engines ?? "").split("||").map(newestIn);
  const even = wanted.filter((major) => major !== null && major % 2 === 0) as number[];
  return String(even.length > 0 ? Math.max(...even) : NODE);
}

/** `3.12` for the tag of a Python image, from `.python-version` or `requires-python` when it names one. */
export function pythonMinor(files: Listing, folder: string): string {
  const project = files.text(join(folder, "pyproject.toml")) ?? "";
  const required = /^requires-python\s*=\s*["'](?:==|~=)([^"']*)/m.exec(project)?.[1];
  const pinned = firstText(files, folder, [".python-version"]) ?? required;
  return /3\.\d+/.exec(pinned ?? "")?.[0] ?? PYTHON;
}

/** The newest long-term release that a range of versions admits; null when it says nothing of the kind. */
function newestIn(range: string): number | null {
  const bounds = [...range.matchAll(/([<>]=?|\^|~)?\s*v?(\d+)(?:\.[\dx*]+)*/g)];
  const majors = (wanted: (comparison: string) => boolean) =>
    bounds.filter(([, comparison]) => wanted(comparison ?? "")).map(([, , major]) => Number(major));
  const exact = majors((comparison) => !/[<>]/.test(comparison));
  if (exact.length > 0) return Math.max(...exact);
  const [least] = majors((comparison) => comparison.startsWith(">"));
  if (least === undefined) return null;
  const below = Math.min(...majors((comparison) => comparison.startsWith("<")), Number.POSITIVE_INFINITY);
  return below <= NODE ? least : Math.max(least, NODE);
}

/** Version files lie beside the app or at the top of the repository. */
function firstText(files: Listing, folder: string, names: string[]): string | null {
  const places = [...names.map((name) => join(folder, name)), ...names];
  return places.map((place) => files.text(place)).find((text) => text !== null) ?? null;
}
