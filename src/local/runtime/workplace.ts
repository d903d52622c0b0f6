import fs from "node:fs";
import path from "node:path";
import type { LocalImage } from "../builder/image.js";
import { VENV } from "../builder/recipes.js";

/** Installed packages: many files that no app writes to, so they are linked and not copied. */
const PACKAGES = ["node_modules", VENV];

/** Where one revision of an app runs: HOME, and in it `tmp/` and its own copy of the image. */
export type Workplace = { home: string; app: string; temporary: string };

/** Where the folders of a revision lie. */
export function workplaceIn(home: string): Workplace {
  return { home, app: path.join(home, "app"), temporary: path.join(home, "tmp") };
}

/**
 * Lays out a revision's folder. As in a container, what an app writes among its own files reaches no other app of the
 * same image, and is gone when it starts again.
 */
export async function makeWorkplace(image: LocalImage, home: string): Promise<Workplace> {
  const place = workplaceIn(home);
  const { app, temporary } = place;
  await fs.promises.rm(app, { recursive: true, force: true });
  await fs.promises.mkdir(app, { recursive: true, mode: 0o700 });
  await fs.promises.mkdir(temporary, { recursive: true, mode: 0o700 });
  for (const name of await fs.promises.readdir(image.app)) {
    const [from, to] = [path.join(image.app, name), path.join(app, name)];
    if (PACKAGES.includes(name)) await fs.promises.symlink(from, to, "junction");
    else await fs.promises.cp(from, to, COPY);
  }
  return place;
}

const COPY = { recursive: true, verbatimSymlinks: true, mode: fs.constants.COPYFILE_FICLONE };
