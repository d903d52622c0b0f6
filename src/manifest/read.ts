import fs from "node:fs/promises";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import type { Manifest } from "./manifest.js";
import { requireManifest } from "./parse.js";

export const MANIFEST_FILE = "paas.yaml";

/**
 * Reads `paas.yaml` at the top of a repository.
 * @throws PaasError `manifest-missing`, ManifestError `manifest-invalid` (exit 2)
 */
export async function readManifest(root: string): Promise<Manifest> {
  return requireManifest(await manifestText(root), MANIFEST_FILE);
}

async function manifestText(root: string): Promise<string> {
  try {
    return await fs.readFile(path.join(root, MANIFEST_FILE), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new PaasError("manifest-unreadable", `${MANIFEST_FILE} in ${root} cannot be read`, {
        exit: EXIT.usage,
        cause,
      });
    }
    throw new PaasError("manifest-missing", `there is no ${MANIFEST_FILE} in ${root}`, {
      next: "`paas init` writes one",
      exit: EXIT.usage,
      cause,
    });
  }
}
