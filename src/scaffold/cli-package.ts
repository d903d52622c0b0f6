import fs from "node:fs";
import path from "node:path";
import { PaasError } from "../errors.js";
import type { LockEntry } from "./cli-pin.js";
import type { PackedFile } from "./tarball.js";

/** This CLI as it is published. */
export type CliPackage = {
  version: string;
  /** What a lock file says about it, apart from where it lies. */
  entry: LockEntry;
  /** Entries of a lock file for all that it installs, by place. */
  packages: Record<string, LockEntry>;
  files: PackedFile[];
};

type PackageJson = {
  version: string;
  license?: string;
  files: string[];
  bin: Record<string, string>;
  dependencies?: Record<string, string>;
  engines?: Record<string, string>;
};

/** In every npm package, asked for or not. */
const ALWAYS = ["package.json", "README.md", "LICENSE"];
/** Lock entries of what the package installs; see scripts/cli-packages.ts. */
const PACKAGES = "templates/cli/packages.json";

/**
 * Reads the published files of the package in `folder`, and nothing beside them.
 * @throws PaasError `not-built` when one that `files` names is missing
 */
export function readCliPackage(folder: string): CliPackage {
  const manifest = readJson<PackageJson>(path.join(folder, "package.json"));
  const { version, license, dependencies, bin, engines } = manifest;
  const commands = new Set(Object.values(bin).map((file) => path.posix.normalize(file)));
  const missing = manifest.files.filter((name) => !fs.existsSync(path.join(folder, name)));
  if (missing.length > 0) throw notBuilt(folder, missing);
  const places = [...ALWAYS.filter((name) => fs.existsSync(path.join(folder, name))), ...manifest.files];
  return {
    version,
    entry: { version, license, dependencies, bin, engines },
    packages: readJson(path.join(folder, PACKAGES)),
    files: places
      .flatMap((place) => filesAt(folder, place))
      .map(({ file, content }) => ({
        path: file,
        content,
        executable: commands.has(file),
      })),
  };
}

/** The version of the package in `folder`, as it is published: without a build's own mark. */
export function publishedVersion(folder: string): string {
  return readJson<PackageJson>(path.join(folder, "package.json")).version;
}

function filesAt(folder: string, place: string): { file: string; content: Buffer }[] {
  const at = path.join(folder, place);
  if (!fs.statSync(at).isDirectory()) return [{ file: place, content: fs.readFileSync(at) }];
  const inside = fs.readdirSync(at).filter((name) => name !== "node_modules");
  return inside.flatMap((name) => filesAt(folder, `${place}/${name}`));
}

function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, "utf8")) as T;
}

function notBuilt(folder: string, missing: string[]): PaasError {
  return new PaasError("not-built", `${folder} runs from its sources: it has no ${missing.join(" and no ")}`, {
    details: ["init puts the published files of this CLI into infra/vendor, so that workflows run the same"],
    next: "`npm run build` there, then `paas init` again",
  });
}
