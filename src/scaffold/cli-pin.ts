import { createHash } from "node:crypto";
import path from "node:path";

/** Name of the package that the workflows run. */
export const CLI = "paas-cli";
/** Folder of `infra/` that vendored packages lie in. */
export const VENDOR = "vendor";

/** One package in a lock file. */
export type LockEntry = { [key: string]: unknown };

/** This CLI as `infra/` pins it. */
export type CliRelease = {
  version: string;
  /** What `package.json` says, `file:vendor/paas-cli-….tgz`. */
  spec: string;
  entry: LockEntry;
  /** Entries for what it installs, by place. */
  packages: Record<string, LockEntry>;
};

type Manifest = { [section in Section]?: Record<string, string> };
type Section = (typeof SECTIONS)[number];
type Lock = { lockfileVersion?: number; packages: Record<string, LockEntry> };

const SECTIONS = ["dependencies", "devDependencies"] as const;
const NEEDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const PLACE = `node_modules/${CLI}`;
const VERSION = String.raw`\d+\.\d+\.\d+(?:[-+][\w.+-]+?)?`;
const EXACT = new RegExp(`^${VERSION}$`);
/** Eight digits of the content's hash stand behind the version. */
const VENDORED = new RegExp(`^file:(?:\\./)?${VENDOR}/${CLI}-(${VERSION})-[0-9a-f]{8}\\.tgz$`);

/** How a `package.json` pins the CLI; null when it does not. */
export function pinIn(text: string | null): string | null {
  const manifest = parse<Manifest>(text);
  return manifest === null ? null : (manifest[sectionOf(manifest)]?.[CLI] ?? null);
}

/** What a lock file says of the CLI; null when it is not in it. */
export function lockedCli(text: string | null): { version: string | null; integrity: string | null } | null {
  const entry = parse<Lock>(text)?.packages?.[PLACE];
  const textOf = (value: unknown) => (typeof value === "string" ? value : null);
  return entry ? { version: textOf(entry.version), integrity: textOf(entry.integrity) } : null;
}

/** Version of a package that an `init` has vendored; null for a pin that someone else has written. */
export function vendoredVersion(spec: string): string | null {
  return VENDORED.exec(spec)?.[1] ?? null;
}

/** The version that a pin means, vendored or of the registry; null where it is no exact one. */
export function pinnedVersion(spec: string): string | null {
  return EXACT.test(spec) ? spec : vendoredVersion(spec);
}

/** What a lock file says of a package's content. */
export function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

/** The pin that `init` leaves as it is: one written by hand, or that of a newer version; else null. */
export function keptPin(manifest: string | null, version: string): string | null {
  const spec = pinIn(manifest);
  const vendored = spec === null ? null : vendoredVersion(spec);
  return spec !== null && (vendored === null || isNewer(vendored, version)) ? spec : null;
}

/** The `package.json` with the CLI pinned in it, all else as it is; null when it cannot be read. */
export function pinInManifest(text: string, { spec }: CliRelease): string | null {
  const manifest = parse<Manifest>(text);
  if (manifest === null) return null;
  const section = sectionOf(manifest);
  return rewritten(text, { ...manifest, [section]: sorted({ ...manifest[section], [CLI]: spec }) });
}

/** The lock file with the CLI and what it installs in it, as npm would write it; null when it is of another kind. */
export function pinInLock(text: string, { spec, entry, packages }: CliRelease): string | null {
  const lock = parse<Lock>(text);
  if (lock?.lockfileVersion !== 3 || lock.packages[""] === undefined) return null;
  const root: LockEntry & Manifest = lock.packages[""];
  const section = sectionOf(root);
  const others = withoutCli(lock.packages);
  const taken = Object.entries(packages).some(
    ([place, { version }]) => (others[place]?.version ?? version) !== version,
  );
  const mine = Object.entries(packages).map(([place, one]) => [taken ? `${PLACE}/${place}` : place, one] as const);
  const merged = {
    ...others,
    ...Object.fromEntries(mine),
    "": { ...others[""], [section]: sorted({ ...root[section], [CLI]: spec }) },
    [PLACE]: entry,
  };
  return rewritten(text, { ...lock, packages: sorted(merged) });
}

/** `package.json` and lock file as they are without the CLI: what the CDKTF app alone is built with. */
export function unpinned(manifest: string, lock: string): { manifest: string; lock: string } {
  const [readManifest, readLock] = [parse<Manifest>(manifest), parse<Lock>(lock)];
  if (pinIn(manifest) === null || readManifest === null || readLock?.packages?.[PLACE] === undefined) {
    return { manifest, lock };
  }
  return {
    manifest: rewritten(manifest, without(readManifest)),
    lock: rewritten(lock, { ...readLock, packages: withoutCli(readLock.packages) }),
  };
}

/** The packages of a lock file without the CLI, and without what nobody else needs. */
function withoutCli(packages: Record<string, LockEntry>): Record<string, LockEntry> {
  const { "": root = {}, [PLACE]: cli = {}, ...rest } = packages;
  const plain = without(root);
  const needed = namesNeeded(plain, rest);
  const orphans = new Set([...namesNeeded(cli, rest)].filter((name) => !needed.has(name)));
  const kept = Object.entries(rest).filter(([place]) => !place.startsWith(`${PLACE}/`) && !orphans.has(nameAt(place)));
  return { "": plain, ...Object.fromEntries(kept) };
}

function without<T extends Manifest>(manifest: T): T {
  const section = sectionOf(manifest);
  const { [CLI]: _, ...others } = manifest[section] ?? {};
  return { ...manifest, [section]: others };
}

/** Names of all that a package needs, directly or not. */
function namesNeeded(from: LockEntry, packages: Record<string, LockEntry>): Set<string> {
  const found = new Set(namesIn(from));
  for (const name of found) {
    for (const [place, entry] of Object.entries(packages)) {
      if (nameAt(place) === name) for (const next of namesIn(entry)) found.add(next);
    }
  }
  return found;
}

function namesIn(entry: LockEntry): string[] {
  return NEEDS.flatMap((section) => Object.keys((entry[section] as object | undefined) ?? {}));
}

/** `@esbuild/linux-x64` of `node_modules/paas-cli/node_modules/@esbuild/linux-x64`. */
function nameAt(place: string): string {
  return place.split("node_modules/").at(-1) ?? place;
}

function isNewer(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/, 3).map(Number);
  const [left, right] = [numbers(version), numbers(than)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

function sectionOf(manifest: Manifest): Section {
  return SECTIONS.find((section) => manifest[section]?.[CLI] !== undefined) ?? "dependencies";
}

/** In the order that npm keeps. */
function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([left], [right]) => left.localeCompare(right, "en")));
}

/** The value as JSON with the indent that the text has; the text itself when they say the same. */
function rewritten(text: string, value: object): string {
  if (JSON.stringify(value) === JSON.stringify(JSON.parse(text))) return text;
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? "  ";
  return `${JSON.stringify(value, null, indent)}\n`;
}

function parse<T>(text: string | null): T | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as T) : null;
  } catch {
    return null;
  }
}

/** Path of a vendored package in the repository. */
export function vendoredPath(spec: string): string {
  return path.posix.join("infra", spec.replace(/^file:/, ""));
}
