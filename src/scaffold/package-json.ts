import { join, type Listing } from "./listing.js";

/** What of a `package.json` matters here. */
export type PackageJson = {
  name: string | null;
  main: string | null;
  scripts: Record<string, string>;
  /** Versions as written, of everything that is installed. */
  dependencies: Record<string, string>;
  /** `engines.node` as written. */
  node: string | null;
  /** Patterns of folders, `apps/*`. */
  workspaces: string[];
};

/** `package.json` of a folder, with fields of the wrong type left out; null when there is none or it is no JSON. */
export function readPackageJson(files: Listing, folder: string): PackageJson | null {
  const text = files.text(join(folder, "package.json"));
  if (text === null) return null;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const fields = record(document);
  const workspaces = Array.isArray(fields.workspaces) ? fields.workspaces : record(fields.workspaces).packages;
  return {
    name: word(fields.name),
    main: word(fields.main),
    scripts: words(fields.scripts),
    dependencies: { ...words(fields.devDependencies), ...words(fields.dependencies) },
    node: word(record(fields.engines).node),
    workspaces: Array.isArray(workspaces) ? workspaces.filter((pattern) => typeof pattern === "string") : [],
  };
}

/** `express 5` for a package that `description` depends on. */
export function packageLabel(description: PackageJson, name: string): string {
  const major = /\d+/.exec(description.dependencies[name] ?? "")?.[0];
  return major === undefined ? name : `${name} ${major}`;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function words(value: unknown): Record<string, string> {
  const entries = Object.entries(record(value)).filter((entry): entry is [string, string] => word(entry[1]) !== null);
  return Object.fromEntries(entries);
}
