import { EXIT, PaasError } from "../errors.js";
import type { Manifest, Runtime } from "../manifest/manifest.js";
import { folderOf } from "../manifest/normalize.js";
import { ownerProblem } from "../workflow/codeowners.js";
import { locationProblem, projectNameProblem, serviceNameProblem } from "./names.js";

/** Answers as the command line has them. */
export type FlagTexts = {
  name?: string;
  location?: string;
  runtime?: Runtime;
  port?: string;
  service?: string[];
  codeowners?: string[];
};

/** Answers given on the command line, checked; null or empty = not given. */
export type Flags = {
  name: string | null;
  location: string | null;
  runtime: Runtime | null;
  port: number | null;
  services: { name: string; path: string }[];
  /** Who owns what runs with credentials. */
  owners: string[];
};

/**
 * Checks every flag.
 * @throws PaasError `bad-flag` with all problems (exit 2)
 */
export function parseFlags({ name, location, runtime, port, service = [], codeowners = [] }: FlagTexts): Flags {
  const services = service.map(serviceOf);
  const names = services.map((given) => given.name);
  const several = services.length > 1 && (runtime !== undefined || port !== undefined);
  const problems = [
    ...problemOf("--name", name, projectNameProblem),
    ...problemOf("--location", location, locationProblem),
    ...problemOf("--port", port, portProblem),
    ...names.flatMap((given) => problemOf("--service", given, serviceNameProblem)),
    ...names
      .filter((given, index) => names.indexOf(given) !== index)
      .map((given) => `--service ${given} is given twice`),
    ...services.flatMap(({ path }) => problemOf("--service", path, pathProblem)),
    ...codeowners.flatMap((owner) => problemOf("--codeowners", owner, ownerProblem)),
    ...(several ? ["--runtime and --port are for one service; set those of several in paas.yaml"] : []),
  ];
  if (problems.length > 0) {
    throw new PaasError("bad-flag", problems.length === 1 ? "a flag has a wrong value" : "flags have wrong values", {
      details: problems,
      next: "see `paas init --help`",
      exit: EXIT.usage,
    });
  }
  return {
    name: name ?? null,
    location: location ?? null,
    runtime: runtime ?? null,
    port: port === undefined ? null : Number(port),
    services,
    owners: codeowners,
  };
}

/**
 * The manifest is the user's once it is there, and flags do not change it; the same answers once more are no error.
 * @throws PaasError `already-initialised` (exit 2)
 */
export function requireSameAnswers(flags: Flags, manifest: Manifest): void {
  const [only] = manifest.services;
  const pathOf = (name: string) => manifest.services.find((service) => service.name === name)?.path ?? null;
  const pairs: [flag: string, given: unknown, written: unknown][] = [
    ["--name", flags.name, manifest.name],
    ["--location", flags.location, manifest.location],
    ["--runtime", flags.runtime, only?.runtime],
    ["--port", flags.port, only?.port],
    ...flags.services.map(({ name, path }): [string, unknown, unknown] => [`--service ${name}`, path, pathOf(name)]),
  ];
  const different = pairs.filter(([, given, written]) => given !== null && given !== written);
  if (different.length === 0) return;
  throw new PaasError("already-initialised", "paas.yaml is there already, and init does not change it", {
    details: different.map(
      ([flag, given, written]) => `${flag}: asked for ${given}, paas.yaml has ${written ?? "none"}`,
    ),
    next: "edit paas.yaml, then `paas init` again for the files that follow from it",
    exit: EXIT.usage,
  });
}

function serviceOf(text: string): { name: string; path: string } {
  const at = text.indexOf("=");
  const [name, path] = at < 0 ? [text, "."] : [text.slice(0, at), text.slice(at + 1)];
  return { name, path: folderOf(path || ".") };
}

function problemOf(flag: string, value: string | undefined, check: (text: string) => string | undefined): string[] {
  const problem = value === undefined ? undefined : check(value);
  return problem === undefined ? [] : [`${flag} ${JSON.stringify(value)}: expected ${problem}`];
}

/** Why a text cannot be a port, or undefined when it can. */
export function portProblem(text: string): string | undefined {
  const fits = /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
  return fits ? undefined : "a whole number from 1 to 65535";
}

function pathProblem(path: string): string | undefined {
  const outside = /^[/~]|^[A-Za-z]:|\\|\p{Cc}/u.test(path) || path.split("/")[0] === "..";
  return outside ? "a folder inside the repository, like . or services/api" : undefined;
}
