import { createHash } from "node:crypto";
import type { Tag } from "./registry.js";

/*
 * What the tags of our images say. `git-<sha>` tells people which commit an image is of, `content-<key>` finds an image
 * that was built of the same files before, and those of environments keep it: `env-alice` is the newest one of alice,
 * `env-alice.<digest>` every one that alice was ever given, because the one before it may be the one that serves.
 */

/** @param commit sha, whole */
export function gitTag(commit: string): string {
  return `git-${commit.slice(0, 12)}`;
}

/** @param dockerfile text of one that is not among the files; else null */
export function contentTag(contentKey: string, dockerfile: string | null): string {
  const key = createHash("sha256")
    .update(`${contentKey}\0${dockerfile ?? ""}`)
    .digest("hex");
  return `content-${key.slice(0, 16)}`;
}

export function newestTag(envId: string): string {
  return `env-${envId}`;
}

export function environmentTags(envId: string, digest: string): string[] {
  return [newestTag(envId), `env-${envId}.${digest.replace("sha256:", "").slice(0, 12)}`];
}

/** What is left to do in a repository when an environment is gone. */
export type Removal = { untag: string[]; delete: string[] };

/**
 * An image that the environment had and no other environment has goes, with the names of commits and contents that it
 * has; one that another has loses this environment's names. What has no tag at all is not ours to judge.
 * @param needed digests that the environment keeps; none when it is gone
 */
export function removalOf(envId: string, tags: readonly Tag[], needed: ReadonlySet<string> = new Set()): Removal {
  const own = ({ name, digest }: Tag) =>
    (name === newestTag(envId) || name.startsWith(`env-${envId}.`)) && !needed.has(digest);
  const kept = new Set(tags.filter((tag) => keepsImage(tag) && !own(tag)).map(({ digest }) => digest));
  const mine = tags.filter(own);
  return {
    untag: mine.filter(({ digest }) => kept.has(digest)).map(({ name }) => name),
    delete: [...new Set(mine.map(({ digest }) => digest).filter((digest) => !kept.has(digest)))],
  };
}

/** The same of an environment that lives: it keeps what it may go back to, and what was built last, good or not. */
export function outdatedOf(envId: string, tags: readonly Tag[], needed: ReadonlySet<string>): Removal {
  const newest = tags.filter(({ name }) => name === newestTag(envId)).map(({ digest }) => digest);
  return removalOf(envId, tags, new Set([...needed, ...newest]));
}

/** A name of an environment does, and so does one that somebody gave by hand. */
function keepsImage({ name }: Tag): boolean {
  return !/^(git|content)-/.test(name);
}
