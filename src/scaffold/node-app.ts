import { type App, DEFAULT_HEALTH, DEFAULT_PORT, type NodePackages } from "./app.js";
import { healthInSource, portInCommand, portInSource } from "./clues.js";
import { nodeMajor } from "./image-version.js";
import { join, type Listing, within } from "./listing.js";
import { type PackageJson, packageLabel, readPackageJson } from "./package-json.js";

/** Frameworks in the order they are looked for, with the port that their documentation has. */
const FRAMEWORKS: [name: string, port: number][] = [
  ["next", 3000],
  ["nuxt", 3000],
  ["@remix-run/serve", 3000],
  ["@react-router/serve", 3000],
  ["@nestjs/core", 3000],
  ["@sveltejs/adapter-node", 3000],
  ["express", 3000],
  ["fastify", 3000],
  ["hono", 3000],
  ["koa", 3000],
  ["@hapi/hapi", 3000],
];

/** Servers for development; what they serve is deployed as files. */
const DEVELOPMENT =
  /^(?:npx\s+)?(?:vite(?!\s+preview)|react-scripts\s+start|vue-cli-service\s+serve|parcel|ng\s+serve|astro\s+dev|webpack\s+serve|webpack-dev-server)\b/;
const SERVES = /\.listen\s*\(|\bserve\s*\(|\bcreateServer\s*\(/;
const USUAL_ENTRIES = ["server.js", "index.js", "app.js", "server.mjs", "index.mjs"];
const HOOKS = ["preinstall", "install", "postinstall", "prepare"];

/** Everything that is looked at to describe a Node app. */
type Sight = {
  folder: string;
  description: PackageJson | null;
  /** The start script, unless it starts a server for development. */
  script: string | null;
  /** The file that the app begins in, from the top of the repository. */
  entry: string | null;
  framework: (typeof FRAMEWORKS)[number] | null;
};

/** The Node app in a folder. */
export function describeNode(files: Listing, folder: string): App {
  const sight = look(files, folder);
  const { description, script, entry } = sight;
  const port = portOf(files, sight);
  const health = healthInSource(files, entry);
  return {
    runtime: "node",
    runnable: script !== null || (entry !== null && SERVES.test(files.text(entry) ?? "")),
    start: startWords(sight),
    port: port.value,
    health: health?.value ?? DEFAULT_HEALTH,
    build: { runtime: "node", packages: nodePackages(files, folder, description) },
    evidence: [
      sourceEvidence(files, sight),
      port.evidence,
      health ? `health ${health.value} from ${health.file}` : `health ${DEFAULT_HEALTH} by default`,
    ],
    warnings: port.warning === null ? [] : [port.warning],
  };
}

/** How a Node app is installed, by its lock file. */
export function nodePackages(files: Listing, folder: string, description: PackageJson | null): NodePackages {
  const has = (name: string) => files.has(join(folder, name));
  const manager = has("pnpm-lock.yaml") ? "pnpm" : has("yarn.lock") ? "yarn" : "npm";
  const { scripts = {}, dependencies = {}, node = null } = description ?? {};
  const hooks = HOOKS.some((name) => scripts[name] !== undefined);
  return {
    manager,
    locked: manager !== "npm" || has("package-lock.json"),
    any: hooks || Object.keys(dependencies).length > 0,
    hooks,
    build: scripts.build !== undefined,
    node: nodeMajor(files, folder, node),
  };
}

function look(files: Listing, folder: string): Sight {
  const description = readPackageJson(files, folder);
  const written = description?.scripts.start?.trim() ?? null;
  return {
    folder,
    description,
    script: written === null || DEVELOPMENT.test(written) ? null : written,
    entry: entryOf(files, folder, description, written),
    framework: FRAMEWORKS.find(([name]) => description?.dependencies[name] !== undefined) ?? null,
  };
}

/** A plain `node …` script runs without npm between it and the signals that are meant for it. */
function startWords({ folder, description, script, entry }: Sight): string[] | null {
  if (script === null) return entry === null ? null : ["node", within(folder, entry)];
  const plain = description?.scripts.prestart === undefined && /^node(?:\s+[\w@./:=-]+)+$/.test(script);
  return plain ? script.split(/\s+/) : ["npm", "start"];
}

function portOf(
  files: Listing,
  { script, entry, framework }: Sight,
): { value: number; evidence: string; warning: string | null } {
  const flag = script === null ? null : portInCommand(script);
  if (flag) {
    const warning = `the start script listens on ${flag.value} whatever it is told: say \${PORT:-${flag.value}} there`;
    return {
      value: flag.value,
      evidence: `port ${flag.value} from the start script`,
      warning: flag.fixed ? warning : null,
    };
  }
  const source = portInSource(files, entry);
  if (source) {
    const { value, file, shown, fixed } = source;
    const warning = `${file} listens on ${value} whatever it is told: let it read process.env.PORT`;
    return { value, evidence: `port ${value} from ${file}: ${shown}`, warning: fixed ? warning : null };
  }
  const value = framework?.[1] ?? DEFAULT_PORT;
  return { value, evidence: `port ${value}, ${framework ? `as ${framework[0]} has it` : "by default"}`, warning: null };
}

function entryOf(
  files: Listing,
  folder: string,
  description: PackageJson | null,
  script: string | null,
): string | null {
  const named = script?.match(/[\w@./-]+\.[cm]?[jt]s\b/)?.[0] ?? /^node\s+([\w@./-]+)/.exec(script ?? "")?.[1];
  const candidates = [named, description?.main, ...USUAL_ENTRIES].filter((name) => typeof name === "string");
  const places = candidates.flatMap((name) => sourcesOf(join(folder, name)));
  return places.find((place) => files.has(place)) ?? null;
}

/** `dist/server.js` is made from `src/server.ts`, which says the same. */
function sourcesOf(file: string): string[] {
  const source = file.replace(/(^|\/)(?:dist|build|lib|out)\//, "$1src/");
  const inTypeScript = (name: string) => name.replace(/\.([cm]?)js$/, ".$1ts");
  return [file, `${file}.js`, inTypeScript(file), inTypeScript(source), source];
}

function sourceEvidence(files: Listing, { folder, description, script, framework, entry }: Sight): string {
  const file = join(folder, "package.json");
  const begins = entry === null ? "no start script" : within(folder, entry);
  if (description === null) return [begins, files.has(file) ? `${file} is no JSON` : "no package.json"].join(", ");
  const start = script === null ? begins : `start "${script}"`;
  return `${file}: ${[start, ...(framework ? [packageLabel(description, framework[0])] : [])].join(", ")}`;
}
