import path from "node:path";
import { infraPackages, packageCache } from "../../src/terraform/packages.js";

/** Installs the packages of `infra/` once, where they are kept: on a new machine the first run would else take as long. */
export async function warmPackages(): Promise<void> {
  const infra = path.resolve(import.meta.dirname, "../../templates/infra");
  const { signal } = new AbortController();
  await infraPackages({ infra, cache: packageCache(process.env), install: true, onLine: () => {}, signal });
}
