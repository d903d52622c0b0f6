import { SITE_FOLDERS, SITE_GENERATORS } from "../manifest/conventions.js";
import { type App, DEFAULT_HEALTH, DEFAULT_PORT } from "./app.js";
import { join, type Listing } from "./listing.js";
import { nodePackages } from "./node-app.js";
import { packageLabel, readPackageJson } from "./package-json.js";

/** The site in a folder: finished files, or what a generator makes them from. */
export function describeStatic(files: Listing, folder: string): App {
  const description = readPackageJson(files, folder);
  const generator = SITE_GENERATORS.find(([name]) => description?.dependencies[name] !== undefined);
  const generated = description !== null && generator !== undefined && description.scripts.build !== undefined;
  const finished = SITE_FOLDERS.find((root) => files.has(join(folder, join(root, "index.html"))));
  const webRoot = generated ? generator[1] : (finished ?? ".");
  const found = generated
    ? `${join(folder, "package.json")}: ${packageLabel(description, generator[0])}, build "${description.scripts.build}" → ${webRoot}/`
    : finished === undefined
      ? "no index.html"
      : join(folder, join(finished, "index.html"));
  return {
    runtime: "static",
    runnable: generated || finished !== undefined,
    start: null,
    port: DEFAULT_PORT,
    health: DEFAULT_HEALTH,
    build: { runtime: "static", webRoot, packages: generated ? nodePackages(files, folder, description) : null },
    evidence: [
      found,
      `port ${DEFAULT_PORT}, that of the web server in its image`,
      `health ${DEFAULT_HEALTH} by default`,
    ],
    warnings: [],
  };
}
