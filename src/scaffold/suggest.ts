import { EXIT, PaasError } from "../errors.js";
import type { App } from "./app.js";
import { type DetectedService, describeApp, detectServices, suggestProjectName } from "./detect.js";
import type { Flags } from "./flags.js";
import { below, join, type Listing } from "./listing.js";
import type { Answers } from "./manifest-text.js";
import { readPackageJson } from "./package-json.js";

export const DEFAULT_LOCATION = "westeurope";

/** What `init` would write if nobody said otherwise. */
export type Suggestion = { answers: Answers; apps: Map<string, App> };

/**
 * Answers from the flags, then from what the files say, then by default.
 * @param folderName names the project when no package does
 * @throws PaasError `nothing-detected`, `folder-missing`, `bad-flag` (exit 2)
 */
export function suggestAnswers(files: Listing, folderName: string, flags: Flags): Suggestion {
  const services = withFlags(files, flags.services.length > 0 ? named(files, flags) : detectServices(files), flags);
  if (services.length === 0) throw nothingDetected(files);
  return {
    answers: {
      name: flags.name ?? suggestProjectName(files, folderName),
      location: flags.location ?? DEFAULT_LOCATION,
      services: services.map(({ name, path, app: { runtime, port, health } }) => ({
        name,
        path,
        runtime,
        port,
        health,
        env: {},
      })),
    },
    apps: new Map(services.map(({ name, app }) => [name, app])),
  };
}

/** The services that `--service` names, each by what lies in its folder. */
function named(files: Listing, { services, runtime }: Flags): DetectedService[] {
  return services.map(({ name, path }) => {
    if (path !== "." && !files.paths.some((file) => file.startsWith(`${path}/`))) throw folderMissing(name, path);
    const within = detectServices(below(files, path)).find((service) => service.path === ".")?.app.runtime;
    const chosen = runtime ?? within;
    if (chosen === undefined) throw nothingDetected(files, path);
    return { name, path, app: describeApp(files, path, chosen) };
  });
}

function withFlags(files: Listing, services: DetectedService[], { runtime, port }: Flags): DetectedService[] {
  if (runtime === null && port === null) return services;
  const all =
    services.length === 0 && runtime !== null
      ? [{ name: "web", path: ".", app: describeApp(files, ".", runtime) }]
      : services;
  if (all.length > 1) {
    throw new PaasError("bad-flag", "--runtime and --port are for one service, and there are several here", {
      details: all.map(({ name, path }) => `${name} in ${path}`),
      next: "name one with --service <name=path>, or set them in paas.yaml afterwards",
      exit: EXIT.usage,
    });
  }
  return all.map((service) => {
    const app = runtime === null ? service.app : describeApp(files, service.path, runtime);
    return { ...service, app: port === null ? app : withPort(app, port) };
  });
}

function withPort(app: App, port: number): App {
  const evidence = app.evidence.map((line) => (line.startsWith("port ") ? `port ${port} from --port` : line));
  return { ...app, port, evidence };
}

function nothingDetected(files: Listing, folder = "."): PaasError {
  const where = folder === "." ? "this repository" : folder;
  const manifest = join(folder, "package.json");
  const why = readPackageJson(files, folder) === null ? "it is no JSON" : "it has no start script and no server.js";
  return new PaasError("nothing-detected", `no app was found in ${where}`, {
    details: [
      "looked for package.json, requirements.txt, pyproject.toml, index.html and Dockerfile, two folders deep",
      ...(files.has(manifest) ? [`${manifest} is there, but ${why}`] : []),
    ],
    next: "name it: `paas init --service web=<folder> --runtime <node|python|static|docker>`, or begin with `--sample node`",
    exit: EXIT.usage,
  });
}

function folderMissing(name: string, path: string): PaasError {
  return new PaasError("folder-missing", `there is nothing in ${path}, the folder of service ${name}`, {
    next: "correct --service, or make the folder first",
    exit: EXIT.usage,
  });
}
