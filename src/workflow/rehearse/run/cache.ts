import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { objectOf } from "../json.js";
import type { Runner } from "./runner.js";

type Entry = {
  key: string;
  /** Ref that saved it. */
  ref: string;
  /** Milliseconds. */
  saved: number;
  paths: string[];
};

/** What a step asks of the cache: whole keys first, then beginnings of keys. */
export type CacheRequest = { paths: string[]; key: string; otherKeys: string[] };

/**
 * Puts cached files back where they came from.
 * @returns the key they were saved under; null when nothing fits
 */
export function restoreCache(runner: Runner, { paths, key, otherKeys }: CacheRequest): string | null {
  const readable = entries(runner.stage.cache).filter(
    ({ entry }) => readableRefs(runner).includes(entry.ref) && entry.paths.join() === paths.join(),
  );
  const newestFirst = readable.sort((left, right) => right.entry.saved - left.entry.saved);
  const whole = newestFirst.find(({ entry }) => entry.key === key);
  const found =
    whole ??
    [key, ...otherKeys].flatMap((start) => newestFirst.find(({ entry }) => entry.key.startsWith(start)) ?? [])[0];
  if (!found) return null;
  for (const [index, name] of paths.entries()) {
    copyTree(path.join(found.folder, String(index)), placeOf(name, runner), isPackages(name));
  }
  return found.entry.key;
}

/** Keeps copies of files for later jobs and rehearsals; a key that is there already is kept. */
export function saveCache(runner: Runner, { paths, key }: Omit<CacheRequest, "otherKeys">): boolean {
  const { ref } = runner.stage.event;
  const name = createHash("sha256")
    .update(`${ref}\0${key}\0${paths.join("\0")}`)
    .digest("hex");
  const folder = path.join(runner.stage.cache, name);
  const present = paths.filter((file) => fs.existsSync(placeOf(file, runner)));
  if (present.length === 0 || fs.existsSync(folder)) return false;
  const next = `${folder}.${process.pid}.draft`;
  fs.mkdirSync(next, { recursive: true, mode: 0o700 });
  for (const [index, file] of paths.entries()) {
    copyTree(placeOf(file, runner), path.join(next, String(index)), isPackages(file));
  }
  const entry: Entry = { key, ref, saved: Date.now(), paths };
  fs.writeFileSync(path.join(next, "entry.json"), JSON.stringify(entry));
  return published(next, folder);
}

/** Of two that save the same at once the first wins. */
function published(draft: string, folder: string): boolean {
  try {
    fs.renameSync(draft, folder);
    return true;
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true });
    if (fs.existsSync(folder)) return false;
    throw error;
  }
}

/** A run reads what its own ref, the base of its pull request and the default branch saved; never a sibling's. */
function readableRefs({ stage, github }: Runner): string[] {
  const branch = objectOf(stage.event.payload.repository).default_branch;
  return [stage.event.ref, `refs/heads/${github.base_ref}`, `refs/heads/${String(branch)}`];
}

function entries(cache: string): { folder: string; entry: Entry }[] {
  if (!fs.existsSync(cache)) return [];
  return fs
    .readdirSync(cache)
    .filter((name) => !name.endsWith(".draft"))
    .map((name) => path.join(cache, name))
    .filter((folder) => fs.existsSync(path.join(folder, "entry.json")))
    .map((folder) => ({
      folder,
      entry: JSON.parse(fs.readFileSync(path.join(folder, "entry.json"), "utf8")) as Entry,
    }));
}

function placeOf(name: string, { places }: Runner): string {
  return path.resolve(places.workspace, name.replace(/^~(?=\/|$)/, places.home));
}

/** npm replaces the files of packages and never edits one: they may be linked, which takes no time. */
function isPackages(name: string): boolean {
  return /(^|\/)node_modules\/?$/.test(name);
}

/** Copies a file or folder, over what is there; nothing when it is not there itself. */
function copyTree(from: string, to: string, mayLink: boolean): void {
  const found = fs.lstatSync(from, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isDirectory()) {
    fs.mkdirSync(to, { recursive: true });
    for (const name of fs.readdirSync(from)) copyTree(path.join(from, name), path.join(to, name), mayLink);
    return;
  }
  fs.rmSync(to, { force: true });
  if (found.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(from), to);
  else if (!mayLink || !linked(from, to)) fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
}

/** False where the two are not on one disk. */
function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EXDEV") return false;
    throw error;
  }
}
