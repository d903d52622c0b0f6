import path from "node:path";

/** The git remote that leads to the local cloud; `keep`: the name is taken by something else. */
export type PlannedRemote = { name: string; url: string; action: "create" | "same" | "keep" };

const NAME = "local";
/** Relative, so that a checkout can be moved: git reads it from the top folder, wherever it is called. */
const URL = ".paas/remote.git";

/** @param remotes URLs of the remotes that are there, by name */
export function planRemote(root: string, remotes: Readonly<Record<string, string>>): PlannedRemote {
  const present = remotes[NAME];
  if (present === undefined) return { name: NAME, url: URL, action: "create" };
  const same = path.resolve(root, present) === path.resolve(root, URL);
  return { name: NAME, url: present, action: same ? "same" : "keep" };
}
