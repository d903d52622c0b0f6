import path from "node:path";

/** The files of a repository, to be looked at and not changed. Paths are relative to its top, with `/`. */
export type Listing = {
  /** Every file that may tell what the repository holds, in a fixed order. */
  paths: readonly string[];
  has(file: string): boolean;
  /** Text of a file of the listing; null when there is none. */
  text(file: string): string | null;
};

/** `join(".", "a")` and `join("", "a")` are both `a`, as git names it. */
export function join(folder: string, file: string): string {
  return path.posix.join(folder, file);
}

/** The path of a file as seen from a folder that it lies in. */
export function within(folder: string, file: string): string {
  return folder === "." ? file : file.slice(folder.length + 1);
}

/** The listing as it looks from one of its folders. */
export function below(files: Listing, folder: string): Listing {
  if (folder === ".") return files;
  const paths = files.paths.filter((file) => file.startsWith(`${folder}/`)).map((file) => within(folder, file));
  return { paths, has: (file) => files.has(join(folder, file)), text: (file) => files.text(join(folder, file)) };
}
