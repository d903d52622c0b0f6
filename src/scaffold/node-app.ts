import { type App, DEFAULT_HEALTH, DEFAULT_PORT, type NodePackages } from "./app.js";
import { healthInSource, portInCommand, portInSource } from "./clues.js";
import { join, type Listing } from "./listing.js";
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
  /^(?:npx\s+)?(?:vite|react-scripts\s+start|vue-cli-service\s+serve|parcel|ng\s+serve|astro\s+dev|webpack(?:-dev-server)?\s+serve)\b(?!\s+preview)/;
const SERVES = /\.listen\s*\(|\bserve\s*\(|\bcreateServer\s*\(/;
const USUAL_ENTRIES = ["server.js", "index.js", "app.js", "server.mjs", "index.mjs"];
const LIFECYCLE = ["preinstall", "install", "postinstall", "prepare"];

/** Node's long-term release that an app gets which asks for none. */
const NODE = "24";
const OLDEST_NODE = 20;

/** The Node app in a folder. */
export function describeNode(files: Listing, folder: string): App {
  const description = readPackageJson(files, folder);
  const script = description?.scripts["start"]?.trim() ?? null;
  const entry = entryOf(files, folder, description, script);
  const framework = FRAMEWORKS.find(([name]) => description?.dependencies[name] !== undefined);
  const started = script !== null && !DEVELOPMENT.test(script);
  const start = started ? startWords(script, description) : entry === null ? null : ["node", relative(folder, entry)];

  const source = portInSource(files, entry);
  const flag = script === null ? null : portInCommand(script);
  const health = healthInSource(files, entry);
  const port = flag ?? source?.value ?? framework?.[1] ?? DEFAULT_PORT;
  const portEvidence =
    flag !== null
      ? `port ${port} from the start script`
      : source
        ? `port ${port} from ${source.file}: ${source.shown}`
        : `port ${port}, ${framework ? `as ${framework[0]} has it` : "by default"}`;

  return {
    runtime: "node",
    runnable: started || (entry !== null && SERVES.test(files.text(entry) ?? "")),
    start,
    port,
    health: health?.value ?? DEFAULT_HEALTH,
    build: { runtime: "node", packages: nodePackages(files, folder, description) },
    evidence: [
      sourceEvidence(files, folder, description, started ? script : null, framework?.[0] ?? null, entry),
      portEvidence,
      health ? `health ${health.value} from ${health.file}` : `health ${DEFAULT_HEALTH} by default`,
    ],
    warnings: source?.fixed
      ? [`${source.file} listens on ${source.value} whatever it is told: let it read process.env.PORT`]
      : [],
  };
}

/** How a Node app is installed, by its lock file. */
export function nodePackages(files: Listing, folder: string, description: PackageJson | null): NodePackages {
  const has = (name: string) => files.has(join(folder, name));
  const manager = has("pnpm-lock.yaml") ? "pnpm" : has("yarn.lock") ? "yarn" : "npm";
  const scripts = description?.scripts ?? {};
  return {
    manager,
    locked: manager !== "npm" || has("package-lock.json") || has("npm-shrinkwrap.json"),
    any:
      Object.keys(description?.dependencies ?? {}).length > 0 || LIFECYCLE.some((name) => scripts[name] !== undefined),
    build: scripts["build"] !== undefined,
    node: nodeMajor(files, folder, description),
  };
}

/** A plain `node …` script runs without npm between it and the signals that are meant for it. */
function startWords(script: string, description: PackageJson | null): string[] {
  const plain = description?.scripts["prestart"] === undefined && /^node(?:\s+[\w@./:=-]+)+$/.test(script);
  return plain ? script.split(/\s+/) : ["npm", "start"];
}

function entryOf(
  files: Listing,
  folder: string,
  description: PackageJson | null,
  script: string | null,
): string | null {
  const named = script?.match(/[\w@./-]+\.[cm]?[jt]s\b/)?.[0] ?? /^node\s+([\w@./-]+)/.exec(script ?? "")?.[1];
  const candidates = [named, description?.main, ...USUAL_ENTRIES].filter((name): name is string => Boolean(name));
  const places = candidates.flatMap((name) => sourcesOf(join(folder, name)));
  return places.find((place) => files.has(place)) ?? null;
}

/** `dist/server.js` is made from `src/server.ts`, which says the same. */
function sourcesOf(file: string): string[] {
  const source = file.replace(/(^|\/)(?:dist|build|lib|out)\//, "$1src/");
  const inTypeScript = (name: string) => name.replace(/\.([cm]?)js$/, ".$1ts");
  return [file, `${file}.js`, inTypeScript(file), inTypeScript(source), source];
}

function sourceEvidence(
  files: Listing,
  folder: string,
  description: PackageJson | null,
  script: string | null,
  framework: string | null,
  entry: string | null,
): string {
  if (description === null) {
    const broken = files.has(join(folder, "package.json")) ? "package.json is no JSON" : "no package.json";
    return entry === null ? broken : `${relative(folder, entry)}, ${broken}`;
  }
  const start = script === null ? (entry === null ? "no start script" : relative(folder, entry)) : `start "${script}"`;
  return `${join(folder, "package.json")}: ${[start, ...(framework ? [packageLabel(description, framework)] : [])].join(", ")}`;
}

/** From `engines`, `.nvmrc` or `.node-version`; a lower bound is no wish for an old one. */
function nodeMajor(files: Listing, folder: string, description: PackageJson | null): string {
  const file = [".nvmrc", ".node-version"]
    .flatMap((name) => [join(folder, name), name])
    .find((name) => files.has(name));
  const written = (file === undefined ? description?.node : files.text(file)) ?? "";
  const bounds = [...written.matchAll(/([<>]=?)?\s*v?(\d+)/g)];
  const exact = bounds.filter(([, comparison]) => comparison === undefined).map(([, , major]) => Number(major));
  if (/^[\s^~v]*\d+(?:\.[\dx*]+)*\s*$/.test(written) || written.includes("||")) {
    const newest = Math.max(...exact.filter((major) => major >= OLDEST_NODE && major % 2 === 0));
    return Number.isFinite(newest) ? String(newest) : NODE;
  }
  const atLeast = bounds.filter(([, comparison]) => comparison?.startsWith(">")).map(([, , major]) => Number(major));
  const below = bounds.filter(([, comparison]) => comparison?.startsWith("<")).map(([, , major]) => Number(major));
  if (below.some((major) => major <= Number(NODE)) && atLeast.length > 0) return String(Math.max(...atLeast));
  return String(Math.max(Number(NODE), ...atLeast));
}

function relative(folder: string, file: string): string {
  return folder === "." ? file : file.slice(folder.length + 1);
}
