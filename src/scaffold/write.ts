import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import type { PlannedFile } from "./plan.js";

/**
 * Text of a file of the repository; null when there is none.
 * @throws PaasError `outside-repository` when a symbolic link leads out, `in-the-way` when it is no file
 */
export function readInside(root: string, file: string): string | null {
  const place = placeInside(root, file);
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isFile()) return fs.readFileSync(place, "utf8");
  throw inTheWay(file, file, "a file");
}

/**
 * Writes and removes planned files, each as a whole or not at all, and none that has changed since the plan was made.
 * @throws PaasError `file-changed`, `not-writable`, `outside-repository`, `in-the-way`
 */
export function writeFiles(root: string, files: readonly PlannedFile[]): void {
  for (const file of files) {
    const place = placeInside(root, file.path);
    if (file.action === "remove") {
      removeFile(place, file.path);
      continue;
    }
    const draft = path.join(path.dirname(place), `.paas-${randomBytes(6).toString("hex")}`);
    try {
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.writeFileSync(draft, file.content, { mode: modeOf(file, place), flag: "wx" });
      if (file.current === null) publishNew(draft, place);
      else if (readInside(root, file.path) === file.current) fs.renameSync(draft, place);
      else throw fileChanged(file.path);
    } catch (error) {
      throw errorOf(error, file.path);
    } finally {
      fs.rmSync(draft, { force: true });
    }
  }
}

function removeFile(place: string, file: string): void {
  try {
    fs.rmSync(place, { force: true });
  } catch (error) {
    throw errorOf(error, file);
  }
}

function modeOf({ current, mode }: PlannedFile, place: string): number {
  return current === null ? mode : (fs.statSync(place, { throwIfNoEntry: false })?.mode ?? mode);
}

/** A file that has appeared meanwhile is never replaced. */
function publishNew(draft: string, place: string): void {
  try {
    fs.linkSync(draft, place);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    // Some file systems have no hard links.
    fs.copyFileSync(draft, place, fs.constants.COPYFILE_EXCL);
  }
}

/** The real place of a path, which may not exist yet; a link on the way must stay inside the repository. */
function placeInside(root: string, file: string): string {
  const top = fs.realpathSync(root);
  const steps = path.normalize(file).split(path.sep);
  return steps.reduce((folder, step, index) => {
    const next = path.join(folder, step);
    const stat = fs.lstatSync(next, { throwIfNoEntry: false });
    const place = stat?.isSymbolicLink() ? targetOf(next) : next;
    if (!place.startsWith(`${top}${path.sep}`)) throw outsideRepository(file, step, place);
    if (index < steps.length - 1 && stat && !fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
      throw inTheWay(file, steps.slice(0, index + 1).join("/"), "a folder");
    }
    return place;
  }, top);
}

/** Where a link leads, even when nothing is there. */
function targetOf(link: string): string {
  try {
    return fs.realpathSync(link);
  } catch {
    return path.resolve(path.dirname(link), fs.readlinkSync(link));
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function errorOf(error: unknown, file: string): unknown {
  if (error instanceof PaasError) return error;
  if (codeOf(error) === "EEXIST") return fileChanged(file);
  return new PaasError("not-writable", `${file} cannot be written`, {
    details: [(error as Error).message],
    next: "make it writable and run `paas init` again: what is written already stays",
    cause: error,
  });
}

function fileChanged(file: string): PaasError {
  return new PaasError("file-changed", `${file} was changed by someone else while init ran`, {
    next: "run `paas init` again",
  });
}

function inTheWay(file: string, obstacle: string, expected: string): PaasError {
  const purpose = obstacle === file ? "" : ` for ${file}`;
  return new PaasError("in-the-way", `${obstacle} is in the way: it has to be ${expected}${purpose}`, {
    next: `move ${obstacle} and run \`paas init\` again`,
    exit: EXIT.usage,
  });
}

function outsideRepository(file: string, step: string, place: string): PaasError {
  return new PaasError("outside-repository", `${file} leads out of the repository: ${step} is a link to ${place}`, {
    next: "put a real folder or file there",
    exit: EXIT.usage,
  });
}
