import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
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
  paths.forEach((name, index) => {
    const copy = path.join(found.folder, String(index));
    if (fs.existsSync(copy)) fs.cpSync(copy, placeOf(name, runner), { recursive: true, verbatimSymlinks: true });
  });
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
  const next = `${folder}.${process.pid}`;
  fs.mkdirSync(next, { recursive: true, mode: 0o700 });
  paths.forEach((file, index) => {
    const place = placeOf(file, runner);
    if (fs.existsSync(place))
      fs.cpSync(place, path.join(next, String(index)), { recursive: true, verbatimSymlinks: true });
  });
  const entry: Entry = { key, ref, saved: Date.now(), paths };
  fs.writeFileSync(path.join(next, "entry.json"), JSON.stringify(entry));
  fs.renameSync(next, folder);
  return true;
}

/** A run reads what its own ref, the base of its pull request and the default branch saved; never a sibling's. */
function readableRefs({ stage, github }: Runner): string[] {
  const { repository } = stage.event.payload;
  const branch =
    repository && typeof repository === "object" && !Array.isArray(repository) ? repository.default_branch : "";
  return [stage.event.ref, `refs/heads/${github.base_ref}`, `refs/heads/${String(branch)}`];
}

function entries(cache: string): { folder: string; entry: Entry }[] {
  if (!fs.existsSync(cache)) return [];
  return fs
    .readdirSync(cache)
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
