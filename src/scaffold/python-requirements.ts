import type { PythonPackages } from "./app.js";
import { pythonMinor } from "./image-version.js";
import { join, type Listing } from "./listing.js";

/** What an app needs: names in lower case, each with its line. */
export type Requirements = ReadonlyMap<string, string>;

export function pythonPackages(files: Listing, folder: string): PythonPackages {
  const sources = ["requirements.txt", "pyproject.toml"] as const;
  const from = sources.find((name) => files.has(join(folder, name))) ?? null;
  return { from, python: pythonMinor(files, folder) };
}

/** The requirements that the file of `packages` lists. */
export function readRequirements(files: Listing, folder: string, { from }: PythonPackages): Requirements {
  const text = from === null ? "" : (files.text(join(folder, from)) ?? "");
  const lines = from === "pyproject.toml" ? projectDependencies(text) : text.split(/\r?\n/);
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const name = /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1];
      return name === undefined ? [] : [[name.toLowerCase().replaceAll("_", "-"), line.trim().toLowerCase()]];
    }),
  );
}

/** The `dependencies` list of a pyproject.toml; brackets inside quotes are extras, `fastapi[standard]`. */
function projectDependencies(toml: string): string[] {
  const list = /^dependencies\s*=\s*\[((?:"[^"]*"|'[^']*'|[^\]"'])*)\]/m.exec(toml)?.[1] ?? "";
  return [...list.matchAll(/["']([^"']+)["']/g)].map(([, line]) => line ?? "");
}
