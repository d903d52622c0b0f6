import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import type { EnvironmentService } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";

/** The files of one service in a commit: what its image is built from and nothing else. */
export type Content = { files: string[]; folder: string; key: string };

/** Belongs to the project, not to an app that lies at the root: a change of these alone rebuilds nothing. */
const PROJECT_FILES = ["paas.yaml", "infra", ".github", ".paas", ".git"];

/**
 * Lists and hashes the files of every service, by name.
 * @param source folder with a commit's files
 * @throws PaasError `service-path-missing`, or `service-path-outside` when links lead out of the commit
 */
export async function contentsOf(source: string, services: EnvironmentService[]): Promise<Record<string, Content>> {
  const places = services.map((service) => path.normalize(service.path)).filter((place) => place !== ".");
  const entries = services.map(async (service) => [service.name, await contentOf(source, service, places)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** @param others paths of the project's services: what of them lies inside this one is not a part of it */
async function contentOf(source: string, service: EnvironmentService, others: string[]): Promise<Content> {
  const folder = await serviceFolder(source, service);
  const root = await fs.realpath(source);
  const left = new Set([
    ...PROJECT_FILES.map((name) => path.join(root, name)),
    ...others.map((p) => path.join(root, p)),
  ]);
  left.delete(folder);
  const files = await walk(folder, left);
  const hash = createHash("sha256").update(`${service.runtime}\0`);
  for (const file of files.sort()) hash.update(`${file}\0${await fingerprint(path.join(folder, file))}\n`);
  return { files, folder, key: hash.digest("hex") };
}

/** Copies the files of a service into an empty folder, links as links. */
export async function copyContent(content: Content, target: string): Promise<void> {
  await fs.rm(target, { recursive: true, force: true });
  await fs.mkdir(target, { recursive: true, mode: 0o700 });
  for (const file of content.files) {
    const to = path.join(target, file);
    await fs.mkdir(path.dirname(to), { recursive: true });
    await fs.cp(path.join(content.folder, file), to, { verbatimSymlinks: true, mode: fs.constants.COPYFILE_FICLONE });
  }
}

async function serviceFolder(source: string, { name, path: relative }: EnvironmentService): Promise<string> {
  const root = await fs.realpath(source);
  const found = await fs.realpath(path.join(root, relative)).catch(() => null);
  if (found === null) {
    throw new PaasError("service-path-missing", `service ${name} has no folder "${relative}" in this commit`, {
      next: `commit the folder, or correct services.${name}.path in paas.yaml`,
      exit: EXIT.usage,
    });
  }
  if (found === root || found.startsWith(`${root}${path.sep}`)) return found;
  throw new PaasError("service-path-outside", `service ${name}: the path "${relative}" leads outside the repository`, {
    details: ["a link in the commit points to another place of this machine"],
    next: "point the service at a folder inside the repository",
    exit: EXIT.usage,
  });
}

async function walk(folder: string, left: Set<string>, prefix = ""): Promise<string[]> {
  const entries = await fs.readdir(path.join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const relative = path.join(prefix, entry.name);
      if (left.has(path.join(folder, relative))) return [];
      return entry.isDirectory() ? walk(folder, left, relative) : [relative];
    }),
  );
  return found.flat();
}

async function fingerprint(file: string): Promise<string> {
  const stat = await fs.lstat(file);
  if (stat.isSymbolicLink()) return `link ${await fs.readlink(file)}`;
  const mode = stat.mode & 0o100 ? "executable" : "file";
  return `${mode} ${createHash("sha256")
    .update(await fs.readFile(file))
    .digest("hex")}`;
}
