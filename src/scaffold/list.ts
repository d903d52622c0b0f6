import fs from "node:fs";
import path from "node:path";
import { join, type Listing } from "./listing.js";

/** Folders below the top that are looked into: `services/shop/api/src/server.ts` lies in the fourth. */
const DEPTH = 4;
/** Files in one repository; a larger one is judged by its first. */
const MOST_FILES = 20_000;
/** Bytes; a larger file is no manifest and no entry point. */
const LARGEST_TEXT = 1_000_000;

const SKIPPED = new Set(["node_modules", "bower_components", "__pycache__", "venv", "site-packages", "vendor"]);

/** Lists the files of the folder `root`; symbolic links and dot folders are left out. */
export function listFiles(root: string): Listing {
  const paths: string[] = [];
  collect(root, "", 0, paths);
  const known = new Set(paths);
  return {
    paths,
    has: (file) => known.has(file),
    text: (file) => (known.has(file) ? readText(path.join(root, file)) : null),
  };
}

function collect(root: string, folder: string, depth: number, paths: string[]): void {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  const inOrder = entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of inOrder) if (entry.isFile() && paths.length < MOST_FILES) paths.push(join(folder, entry.name));
  for (const entry of inOrder) {
    if (!entry.isDirectory() || entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    if (depth < DEPTH) collect(root, join(folder, entry.name), depth + 1, paths);
  }
}

function readText(file: string): string | null {
  const { size } = fs.statSync(file);
  return size > LARGEST_TEXT ? null : fs.readFileSync(file, "utf8").replace(/^\ufeff/, "");
}
