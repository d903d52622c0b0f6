import fs from "node:fs";
import path from "node:path";
import { join, type Listing } from "./listing.js";

/** Folders below the top that are looked into: `services/shop/api/src/server.ts` lies in the fourth. */
const DEPTH = 4;
/** Files in one repository; of a larger one, those nearest to its top are looked at. */
const MOST_FILES = 20_000;
/** Bytes; a larger file is no manifest and no entry point. */
const LARGEST_TEXT = 1_000_000;

const SKIPPED = new Set(["node_modules", "bower_components", "__pycache__", "venv", "site-packages", "vendor"]);

/** Lists the files below `root`; symbolic links, dot folders and what cannot be read are left out. */
export function listFiles(root: string): Listing {
  const paths: string[] = [];
  let folders = [""];
  for (let depth = 0; depth <= DEPTH && paths.length < MOST_FILES; depth++) {
    const inside: string[] = [];
    for (const folder of folders) {
      for (const entry of entriesOf(path.join(root, folder))) {
        if (entry.isFile()) paths.push(join(folder, entry.name));
        else if (entry.isDirectory() && isLookedInto(entry.name)) inside.push(join(folder, entry.name));
      }
    }
    folders = inside;
  }
  const known = new Set(paths.slice(0, MOST_FILES));
  return {
    paths: [...known].sort(),
    has: (file) => known.has(file),
    text: (file) => (known.has(file) ? readText(path.join(root, file)) : null),
  };
}

function isLookedInto(folder: string): boolean {
  return !folder.startsWith(".") && !SKIPPED.has(folder);
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readText(file: string): string | null {
  try {
    return fs.statSync(file).size > LARGEST_TEXT ? null : fs.readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch {
    return null;
  }
}
