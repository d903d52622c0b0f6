import fs from "node:fs";
import path from "node:path";
import { isGenerated, SITE_FOLDERS, SITE_GENERATORS } from "../../manifest/conventions.js";
import { type PackageJson, readPackage, readText } from "./start-command.js";

/** How a static site comes to be: finished files, or what its build script makes; and the folder that is served. */
export type Site = { build: boolean; webRoot: string };

/** What the Dockerfile of `paas init` says of the site in a folder; without one, what its files say. */
export function siteIn(folder: string): Site {
  const description = readPackage(folder);
  const generator = SITE_GENERATORS.find(([name]) => description && isDependency(description, name));
  const generated = generator !== undefined && description?.scripts?.build !== undefined;
  const guess = generated ? { build: true, webRoot: generator[1] } : { build: false, webRoot: finishedRoot(folder) };
  return siteOfDockerfile(readText(folder, "Dockerfile") ?? "") ?? guess;
}

function siteOfDockerfile(text: string): Site | null {
  if (!isGenerated(text)) return null;
  const built = /^COPY --from=site \/app\/(\S+) /m.exec(text)?.[1];
  if (built !== undefined) return { build: true, webRoot: path.posix.normalize(built) };
  const finished = /^WORKDIR \/site\nCOPY (\S+) /m.exec(text)?.[1];
  return finished === undefined ? null : { build: false, webRoot: path.posix.normalize(finished) };
}

function finishedRoot(folder: string): string {
  return SITE_FOLDERS.find((name) => fs.existsSync(path.join(folder, name, "index.html"))) ?? ".";
}

function isDependency({ dependencies, devDependencies }: PackageJson, name: string): boolean {
  return name in { ...dependencies, ...devDependencies };
}
