import type { PinnedCli } from "../workflow/render.js";

const VERSION = String.raw`\d+\.\d+\.\d+(?:[-+][\w.+-]+?)?`;
const REGISTRY = new RegExp(`^${VERSION}$`);
/** Eight digits of the content's hash stand behind the version. */
const VENDORED = new RegExp(`^file:(?:\\./)?(?<file>vendor/paas-cli-(?<version>${VERSION})-[0-9a-f]{8}\\.tgz)$`);

/** Which CLI a line of `infra/package.json` means; null where it is no exact version. */
export function pinnedCli(spec: string): PinnedCli | null {
  if (REGISTRY.test(spec)) return { version: spec, tarball: null };
  const { file, version } = VENDORED.exec(spec)?.groups ?? {};
  return file && version ? { version, tarball: `infra/${file}` } : null;
}

/** How a `package.json` names the CLI; null where it does not. */
export function pinIn(packageJson: string): string | null {
  const document = JSON.parse(packageJson) as Record<string, Record<string, string> | undefined>;
  return document.dependencies?.["paas-cli"] ?? document.devDependencies?.["paas-cli"] ?? null;
}
