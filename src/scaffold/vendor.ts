import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { CliPackage } from "./cli-package.js";
import { CLI, type CliRelease, integrityOf, VENDOR, vendoredPath, vendoredVersion } from "./cli-pin.js";
import { tarOf } from "./tarball.js";

/** This CLI as a package in the user's repository. */
export type VendoredCli = {
  release: CliRelease;
  /** `infra/vendor/paas-cli-….tgz` */
  path: string;
  bytes: Buffer;
  /** It lies there already. */
  present: boolean;
  /** Those of other versions, which nothing names any more. */
  stale: string[];
};

const FOLDER = `infra/${VENDOR}`;
/** Higher ones take longer than they save. */
const LEVEL = 4;

/**
 * Packs this CLI. The name says what is in the archive before compression, so a file of that name that holds it is
 * used as it is: two versions of Node need not compress alike.
 */
export function vendorCli(root: string, { version, entry, packages, files }: CliPackage): VendoredCli {
  const tar = tarOf(files);
  const hash = createHash("sha256").update(tar).digest("hex").slice(0, 8);
  const spec = `file:${VENDOR}/${CLI}-${version}-${hash}.tgz`;
  const file = vendoredPath(spec);
  const there = presentBytes(path.join(root, file), tar);
  const bytes = there ?? gzipSync(tar, { level: LEVEL });
  const { version: _, ...rest } = entry;
  return {
    release: { version, spec, packages, entry: { version, resolved: spec, integrity: integrityOf(bytes), ...rest } },
    path: file,
    bytes,
    present: there !== null,
    stale: vendoredFiles(root).filter((other) => other !== file),
  };
}

function presentBytes(file: string, tar: Buffer): Buffer | null {
  try {
    const bytes = fs.readFileSync(file);
    return gunzipSync(bytes).equals(tar) ? bytes : null;
  } catch {
    return null;
  }
}

/** What earlier runs have vendored. */
function vendoredFiles(root: string): string[] {
  const folder = path.join(root, FOLDER);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.filter((name) => vendoredVersion(`file:${VENDOR}/${name}`) !== null).map((name) => `${FOLDER}/${name}`);
}
