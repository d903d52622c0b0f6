import fs from "node:fs";
import path from "node:path";

/** Folder (below `folder`) that a static site is served from: the first of these that has an `index.html`. */
export function webRootOf(folder: string): string {
  const candidates = [".", "public", "dist", "build", "site"];
  return candidates.find((name) => fs.existsSync(path.join(folder, name, "index.html"))) ?? ".";
}
