import { isGenerated } from "../manifest/conventions.js";
import type { Runtime } from "../manifest/manifest.js";
import { type App, DEFAULT_HEALTH, DEFAULT_PORT } from "./app.js";
import { describeDockerfile } from "./dockerfile.js";
import { join, type Listing } from "./listing.js";
import { projectNameFrom, serviceNameFrom } from "./names.js";
import { describeNode } from "./node-app.js";
import { readPackageJson } from "./package-json.js";
import { describePython } from "./python-app.js";
import { describeStatic } from "./static-app.js";

export type DetectedService = { name: string; path: string; app: App };

/** In the order they are tried: a Node app may have an `index.html`, a site has no server. */
const DESCRIBE = [describeNode, describePython, describeStatic];
const BY_RUNTIME = { node: describeNode, python: describePython, static: describeStatic };

/** Folders that hold no service of their own, whatever lies in them. */
const NO_SERVICES =
  /^(?:test|tests|__tests__|doc|docs|example|examples|fixtures|scripts|dist|build|coverage|public|site)$/;

/** `paas.yaml` admits no path with these. */
const UNNAMEABLE = /^[~]|^[A-Za-z]:|\\|\p{Cc}/u;

/**
 * The services of a repository: the app at its top, or those in its folders, down to the second level or where its
 * workspaces are.
 */
export function detectServices(files: Listing): DetectedService[] {
  const root = detectApp(files, ".");
  const workspaces = workspacePatterns(files);
  if (root && workspaces.length === 0) return [{ name: "web", path: ".", app: root }];

  const found: DetectedService[] = [];
  for (const folder of candidateFolders(files, workspaces)) {
    if (found.some(({ path }) => folder.startsWith(`${path}/`))) continue;
    const app = detectApp(files, folder);
    if (!app) continue;
    const taken = found.map((service) => service.name);
    const name = serviceNameFrom(folder.split("/").at(-1) ?? "", taken);
    found.push({ name, path: folder, app: { ...app, warnings: [...app.warnings, ...siblingWarnings(files, folder)] } });
  }
  return found.length === 0 && root ? [{ name: "web", path: ".", app: root }] : found;
}

/** The app in a folder as the runtime would run it; for `docker`, by its Dockerfile. */
export function describeApp(files: Listing, folder: string, runtime: Runtime): App {
  return runtime === "docker" ? describeDocker(files, folder) : BY_RUNTIME[runtime](files, folder);
}

/** True when the repository holds nothing but what every new one has: a readme, a licence, dotfiles. */
export function isEmpty(files: Listing): boolean {
  return files.paths.every((file) => /^(?:readme|licen[cs]e|copying|changelog|\.)[^/]*$/i.test(file));
}

/** A name for the project: that of the package at its top, else of the folder. */
export function suggestProjectName(files: Listing, folderName: string): string {
  return projectNameFrom(readPackageJson(files, ".")?.name ?? folderName);
}

function detectApp(files: Listing, folder: string): App | null {
  if (foreignDockerfile(files, folder) !== null) return describeDocker(files, folder);
  return runnableApp(files, folder);
}

function runnableApp(files: Listing, folder: string): App | null {
  return DESCRIBE.map((describe) => describe(files, folder)).find((app) => app.runnable) ?? null;
}

function foreignDockerfile(files: Listing, folder: string): string | null {
  const text = files.text(join(folder, "Dockerfile"));
  return text === null || isGenerated(text) ? null : text;
}

/** What the Dockerfile does not say, the app inside may. */
function describeDocker(files: Listing, folder: string): App {
  const file = join(folder, "Dockerfile");
  const facts = describeDockerfile(files.text(file) ?? "");
  const inside = runnableApp(files, folder);
  const insideEvidence = (word: string) => inside?.evidence.find((line) => line.startsWith(word));
  const said = [
    ...(facts.port === null ? [] : [`EXPOSE ${facts.port}`]),
    ...(facts.command === null ? [] : [`CMD ${JSON.stringify(facts.command)}`]),
  ];
  return {
    runtime: "docker",
    runnable: true,
    start: facts.command,
    port: facts.port ?? inside?.port ?? DEFAULT_PORT,
    health: facts.health ?? inside?.health ?? DEFAULT_HEALTH,
    build: { runtime: "docker" },
    evidence: [
      [file, said.join(", ")].filter(Boolean).join(": "),
      facts.port === null
        ? (insideEvidence("port") ?? `port ${DEFAULT_PORT} by default`)
        : `port ${facts.port} from ${file}`,
      facts.health === null
        ? (insideEvidence("health") ?? `health ${DEFAULT_HEALTH} by default`)
        : `health ${facts.health} from HEALTHCHECK`,
    ],
    warnings: [
      `${file} needs Docker, which the local cloud has not: \`runtime: node\`, \`python\` or \`static\` makes it run there`,
    ],
  };
}

function candidateFolders(files: Listing, workspaces: RegExp[]): string[] {
  const folders = new Set<string>();
  for (const file of files.paths) {
    const steps = file.split("/").slice(0, -1);
    for (let depth = 1; depth <= steps.length; depth++) {
      const folder = steps.slice(0, depth).join("/");
      if (depth <= 2 || workspaces.some((pattern) => pattern.test(folder))) folders.add(folder);
    }
  }
  const barren = (folder: string) => folder.split("/").some((step) => NO_SERVICES.test(step));
  return [...folders]
    .filter((folder) => !barren(folder) && !UNNAMEABLE.test(folder) && !files.has(`${folder}/cdktf.json`))
    .sort();
}

/** A service is built from its own folder, so packages beside it are out of reach. */
function siblingWarnings(files: Listing, folder: string): string[] {
  const used = Object.keys(readPackageJson(files, folder)?.dependencies ?? {});
  const manifests = files.paths.filter((file) => file.endsWith("/package.json") && !file.startsWith(`${folder}/`));
  const siblings = manifests.map((file) => file.slice(0, -"/package.json".length));
  return siblings.flatMap((sibling) => {
    const name = readPackageJson(files, sibling)?.name ?? null;
    if (name === null || !used.includes(name)) return [];
    return [`${folder} needs ${name} from ${sibling}, but is built from its own folder: bundle it, or publish ${name}`];
  });
}

/** Workspaces of npm and yarn (`package.json`) and of pnpm (`pnpm-workspace.yaml`). */
function workspacePatterns(files: Listing): RegExp[] {
  const pnpm = files.text("pnpm-workspace.yaml") ?? "";
  const listed = [...pnpm.matchAll(/^\s*-\s*["']?([^"'#\s]+)/gm)].map(([, pattern]) => pattern ?? "");
  const patterns = [...(readPackageJson(files, ".")?.workspaces ?? []), ...listed];
  return patterns.filter((pattern) => pattern && !pattern.startsWith("!")).map(folderPattern);
}

function folderPattern(pattern: string): RegExp {
  const steps = pattern.replace(/^\.\//, "").replace(/\/$/, "").split("/");
  const source = steps.map((step) =>
    step === "**" ? ".*" : step.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*"),
  );
  return new RegExp(`^${source.join("/")}$`);
}
