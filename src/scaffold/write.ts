import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import type { PlannedFile } from "./plan.js";

/**
 * Text of a file of the repository; null when there is none.
 * @throws PaasError `outside-repository` when a symbolic link leads out, `not-a-file`
 */
export function readInside(root: string, file: string): string | null {
  const place = placeInside(root, file);
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isFile()) return fs.readFileSync(place, "utf8");
  throw new PaasError("not-a-file", `${file} is in the way: it is not a file`, {
    next: `move ${file} away and run \`paas init\` again`,
    exit: EXIT.usage,
  });
}

/**
 * Writes planned files, each as a whole or not at all, and none that has changed since the plan was made.
 * @throws PaasError `file-changed`, `outside-repository`
 */
export function writeFiles(root: string, files: readonly PlannedFile[]): void {
  for (const { path: file, content, current, mode } of files) {
    const place = placeInside(root, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    const draft = path.join(path.dirname(place), `.${path.basename(place)}.${randomBytes(6).toString("hex")}`);
    try {
      fs.writeFileSync(draft, content, { mode: current === null ? mode : fs.statSync(place).mode, flag: "wx" });
      if (current === null) fs.linkSync(draft, place);
      else if (readInside(root, file) === current) fs.renameSync(draft, place);
      else throw fileChanged(file);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "EEXIST" ? fileChanged(file) : error;
    } finally {
      fs.rmSync(draft, { force: true });
    }
  }
}

/** The real place of a path, which may not exist yet; a link on the way must stay inside the repository. */
function placeInside(root: string, file: string): string {
  const top = fs.realpathSync(root);
  let place = top;
  for (const step of path.normalize(file).split(path.sep)) {
    const next = path.join(place, step);
    place = fs.lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() ? linked(next) : next;
    if (place !== top && !place.startsWith(`${top}${path.sep}`)) {
      throw new PaasError("outside-repository", `${file} leads out of the repository: ${step} is a link to ${place}`, {
        next: "put a real folder or file there",
        exit: EXIT.usage,
      });
    }
  }
  return place;
}

function linked(link: string): string {
  try {
    return fs.realpathSync(link);
  } catch {
    return path.resolve(path.dirname(link), fs.readlinkSync(link));
  }
}

function fileChanged(file: string): PaasError {
  return new PaasError("file-changed", `${file} was changed by someone else while init ran`, {
    next: "run `paas init` again",
  });
}
