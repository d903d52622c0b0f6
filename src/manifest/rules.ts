import { folderOf, scaleOf, sizeOf, startupOf } from "./normalize.js";
import { type Path, shown } from "./problem.js";
import { splitCommand } from "./release.js";
import type { ServiceDocument } from "./schema.js";

/** A rule's complaint; `paths` begins with the place that is most likely to change. */
export type Finding = { paths: Path[]; message: string; atKey?: boolean };

/** A document whose values have the right types, but of which parts may be missing. */
export type Draft = {
  location?: string;
  isolation?: "shared" | "dedicated";
  services?: Record<string, Partial<ServiceDocument>>;
  addons?: Record<string, unknown>;
};

const MAX_CPU = 4;
/** Seconds; 30 minutes. */
const MAX_STARTUP = 1800;

/**
 * What is wrong with a manifest, alone or merged for an environment, beyond the type of each value.
 * @param platformLocation region of the shared platform: what the manifest says without overlays
 */
export function contentRules(draft: Draft, platformLocation: Draft["location"]): Finding[] {
  const services = Object.entries(draft.services ?? {});
  const names = services.map(([name]) => name);
  return [
    ...services.flatMap(([name, service]) =>
      serviceRules(service, names).map((finding) => below(["services", name], finding)),
    ),
    ...Object.keys(draft.addons ?? {}).map((addon) => notYetAddon(addon)),
    ...locationRules(draft, platformLocation),
  ];
}

function serviceRules(service: Partial<ServiceDocument>, names: string[]): Finding[] {
  return [
    ...pathRules(service),
    ...computeRules(service),
    ...sizeRules(service),
    ...scaleRules(service),
    ...startupRules(service),
    ...variableRules(service, names),
    ...releaseRules(service),
    ...domainRules(service),
  ];
}

function pathRules({ path: written }: Partial<ServiceDocument>): Finding[] {
  if (written === undefined) return [];
  const expected = "expected a folder inside the repository, like . or services/api";
  if (/^[/~]|^[A-Za-z]:/.test(written)) return [at("path", `found ${shown(written)}, an absolute path; ${expected}`)];
  if (written.includes("\\")) return [at("path", `found ${shown(written)}; folders are separated by /`)];
  if (/\p{Cc}/u.test(written)) return [at("path", `found ${shown(written)}; ${expected}`)];
  const folder = folderOf(written);
  if (folder.split("/")[0] === "..") {
    return [at("path", `found ${shown(written)}, which is outside the repository; ${expected}`)];
  }
  if (/^\.(?:git|paas)(?:\/|$)/.test(folder)) return [at("path", `${folder} is not committed; ${expected}`)];
  return [];
}

function computeRules({ compute }: Partial<ServiceDocument>): Finding[] {
  if (compute === undefined || compute === "container-app") return [];
  return [at("compute", `${compute} is not in this version; use container-app, which runs any image`)];
}

function sizeRules(service: Partial<ServiceDocument>): Finding[] {
  const { cpu, memory } = sizeOf(service);
  const gibibytes = Number.parseFloat(memory);
  if (Number.isInteger(cpu * 4) && cpu >= 0.25 && cpu <= MAX_CPU && gibibytes === cpu * 2) return [];
  const paths: Path[] = [
    ...(service.memory === undefined ? [] : [["memory"]]),
    ...(service.cpu === undefined ? [] : [["cpu"]]),
  ];
  const allowed =
    "Container Apps has cpu 0.25 with memory 0.5Gi, 0.5 with 1Gi, and so on in steps of 0.25 up to 4 with 8Gi";
  return [{ paths, message: `found cpu ${cpu} with memory ${memory}; ${allowed}` }];
}

function scaleRules(service: Partial<ServiceDocument>): Finding[] {
  const { min, max } = scaleOf(service);
  if (min <= max) return [];
  const paths: Path[] = [
    ["scale", "min"],
    ["scale", "max"],
  ];
  return [{ paths, message: `min ${min} is more than max ${max}` }];
}

function startupRules(service: Partial<ServiceDocument>): Finding[] {
  const seconds = startupOf(service);
  return seconds <= MAX_STARTUP ? [] : [at("startup", `found ${seconds} seconds, expected at most 30m`)];
}

function variableRules({ env = {}, secrets = [] }: Partial<ServiceDocument>, names: string[]): Finding[] {
  const variables = Object.keys(env).map((name): [Path, string] => [["env", name], name]);
  const listed = secrets.map((name, index): [Path, string] => [["secrets", index], name]);
  return [
    ...[...variables, ...listed].flatMap(([path, name]) => reservedRules(path, name, names)),
    ...listed
      .filter(([, name], index) => secrets.indexOf(name) !== index)
      .map(([path, name]) => ({ paths: [path], message: `${name} is listed twice` })),
    ...listed
      .filter(([, name]) => Object.hasOwn(env, name))
      .map(([path, name]) => ({
        paths: [["env", name], path],
        message: `${name} is a secret and a variable; keep it in one of them`,
        atKey: true,
      })),
  ];
}

function reservedRules(path: Path, name: string, names: string[]): Finding[] {
  const upper = name.toUpperCase();
  const service = names.find((candidate) => urlVariable(candidate) === upper);
  if (service !== undefined) {
    const message = `${name} is set by paas to the address of service ${service}; take another name`;
    return [{ paths: [path], message, atKey: true }];
  }
  if (upper !== "PORT" && upper !== "HOST" && !upper.startsWith("PAAS_")) return [];
  const hint = upper === "PORT" ? "; `port` of the service chooses it" : "; take another name";
  return [{ paths: [path], message: `${name} is set by paas (PORT, HOST and PAAS_* are)${hint}`, atKey: true }];
}

function releaseRules({ release }: Partial<ServiceDocument>): Finding[] {
  if (release === undefined) return [];
  const command = splitCommand(release);
  if ("words" in command) return [];
  const way = "put the steps into a script and name that, or say sh -c '…'";
  return [at("release", `found ${command.refused}, but no shell reads this command; ${way}`)];
}

function domainRules({ domain }: Partial<ServiceDocument>): Finding[] {
  if (domain === undefined) return [];
  return [
    at("domain", "own domains are not in this version; use the URL that `paas open` prints, or a CNAME of yours"),
  ];
}

/** A container app lies in the region of its Container Apps environment. */
function locationRules({ location, isolation }: Draft, platformLocation: Draft["location"]): Finding[] {
  if (location === undefined || location === platformLocation || isolation === "dedicated") return [];
  return [
    at(
      "location",
      `${location} is not where the platform is (${platformLocation}); say isolation: dedicated beside it`,
    ),
  ];
}

function notYetAddon(addon: string): Finding {
  const way = "run the service elsewhere and list its address under secrets, like [DATABASE_URL]";
  return { paths: [["addons", addon]], message: `add-ons are not in this version; ${way}`, atKey: true };
}

/** The variable that carries the address of a service: `api-gateway` → `API_GATEWAY_URL`. */
export function urlVariable(service: string): string {
  return `${service.replaceAll("-", "_").toUpperCase()}_URL`;
}

function at(field: string, message: string): Finding {
  return { paths: [[field]], message };
}

function below(prefix: Path, finding: Finding): Finding {
  return { ...finding, paths: finding.paths.map((path) => [...prefix, ...path]) };
}
