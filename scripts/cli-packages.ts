/** Writes what the CLI's own dependencies are in a lock file: `init` puts it into the lock file of `infra/`. */
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
fs.writeFileSync(path.join(root, "templates/cli/packages.json"), `${JSON.stringify(cliPackages(root), null, 2)}\n`);

/** Entries of the project's lock file for all that the published package installs. */
function cliPackages(folder: string): Record<string, unknown> {
  const lock = JSON.parse(fs.readFileSync(path.join(folder, "package-lock.json"), "utf8"));
  const ours = Object.entries(lock.packages).filter(([place]) => /^node_modules\/(?:@esbuild\/)?[^/]+$/.test(place));
  return Object.fromEntries(ours.filter(([place]) => place === "node_modules/esbuild" || place.includes("/@esbuild/")));
}
