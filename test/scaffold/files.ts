import type { Listing } from "../../src/scaffold/listing.js";

/** A listing of files that exist only here. */
export function listing(files: Record<string, string>): Listing {
  return {
    paths: Object.keys(files).sort(),
    has: (file) => Object.hasOwn(files, file),
    text: (file) => (Object.hasOwn(files, file) ? (files[file] ?? null) : null),
  };
}

/** `package.json` as text. */
export function packageJson(fields: Record<string, unknown>): string {
  return JSON.stringify(fields);
}
