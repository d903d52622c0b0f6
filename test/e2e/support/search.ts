import fs from "node:fs";
import path from "node:path";

/** Files below a folder whose bytes contain the text, by their path in it; `skip` names folders that are left out. */
export function filesWith(text: string, folder: string, skip: string[] = []): string[] {
  return filesIn(folder)
    .filter((file) => !skip.some((place) => file.startsWith(`${place}/`)))
    .filter((file) => read(path.join(folder, file)).includes(text));
}

/** Regular files below a folder, links not followed. */
export function filesIn(folder: string): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Empty for a file that has gone meanwhile. */
function read(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
